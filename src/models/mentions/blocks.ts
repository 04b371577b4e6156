import { definitionIn } from './links.js';

/** A line without the spaces that it begins with, and their width. */
interface Line {
  readonly indent: number;
  readonly rest: string;
}

type Block =
  | { readonly kind: 'document' | 'quote' | 'indented' }
  | { readonly kind: 'list'; readonly marker: string }
  | { readonly kind: 'item'; readonly indent: number; empty: boolean }
  | { readonly kind: 'fenced'; readonly fence: string; closed: boolean }
  | { readonly kind: 'paragraph'; readonly lines: string[] };

/** The paragraphs of a message, and the labels of the links that it defines. */
export interface Paragraphs {
  readonly texts: readonly string[];
  readonly labels: ReadonlySet<string>;
}

const codeIndent = 4;

const isBlank = (text: string): boolean => text.trim() === '';

function toLine(text: string, indent = 0): Line {
  const [spaces = ''] = /^[ \t]*/.exec(text) ?? [];
  return { indent: indent + spaces.replaceAll('\t', '    ').length, rest: text.slice(spaces.length) };
}

/** What a line that goes on with an open block has for the blocks in it. */
function continued(block: Block, line: Line): Line | undefined {
  const { indent, rest } = line;
  switch (block.kind) {
    case 'quote': {
      if (indent >= codeIndent || !rest.startsWith('>')) return undefined;
      const inner = toLine(rest.slice(1));
      return { ...inner, indent: Math.max(0, inner.indent - 1) };
    }
    case 'item':
      if (isBlank(rest)) return block.empty ? undefined : line;
      return indent < block.indent ? undefined : { indent: indent - block.indent, rest };
    case 'fenced':
      return block.closed ? undefined : line;
    case 'indented':
      if (indent >= codeIndent) return { indent: indent - codeIndent, rest };
      return isBlank(rest) ? line : undefined;
    case 'paragraph':
      return isBlank(rest) ? undefined : line;
    default:
      return line;
  }
}

/** Blocks that begin with a line, and what of the line is in the innermost. */
interface Start {
  readonly blocks: readonly Block[];
  readonly inner?: Line;
}

/**
 * All blocks that begin with a line, the outermost first. `under` is the innermost block that the line goes on with, `open` one further in.
 * A loop, as a message may have thousands of blocks in each other.
 */
function blocksOf(line: Line, under: Block, open: Block | undefined): readonly Block[] {
  const blocks: Block[] = [];
  let inner = line;
  for (let start = startOf(inner, under, open); start; start = startOf(inner)) {
    blocks.push(...start.blocks);
    if (!start.inner) return blocks;
    inner = start.inner;
  }
  if (blocks.length > 0 && !isBlank(inner.rest)) blocks.push({ kind: 'paragraph', lines: [inner.rest] });
  return blocks;
}

function startOf(line: Line, under?: Block, open?: Block): Start | undefined {
  const { indent, rest } = line;
  if (rest === '') return undefined;
  if (indent < codeIndent && rest.startsWith('>'))
    return { blocks: [{ kind: 'quote' }], inner: toLine(rest.slice(rest[1] === ' ' ? 2 : 1)) };
  const list = listStart(line, under, open);
  if (list) return list;
  const inParagraph = (open ?? under)?.kind === 'paragraph';
  if (!inParagraph && indent >= codeIndent && !isBlank(rest)) return { blocks: [{ kind: 'indented' }] };
  const [, fence] = /^(`{3,}|~{3,})[^`]*$/.exec(rest) ?? [];
  return fence === undefined ? undefined : { blocks: [{ kind: 'fenced', fence, closed: false }] };
}

function listStart({ indent, rest }: Line, under?: Block, open?: Block): Start | undefined {
  if (indent >= codeIndent && under?.kind !== 'list') return undefined;
  const [all, number, dot, bullet] = /^(?:(\d{1,9})([.)])|([-+*]))/.exec(rest) ?? [];
  if (all === undefined) return undefined;
  const after = rest.slice(all.length);
  const empty = isBlank(after);
  const breaksParagraph = !open && under?.kind === 'paragraph';
  if (breaksParagraph && (empty || (number !== undefined && Number(number) !== 1))) return undefined;
  const inner = toLine(after);
  if (!empty && inner.indent < 1) return undefined;
  const width = empty || inner.indent > codeIndent ? 1 : inner.indent;
  return {
    blocks: [
      { kind: 'list', marker: dot ?? bullet ?? '' },
      { kind: 'item', indent: indent + all.length + width, empty },
    ],
    inner: { indent: inner.indent - width, rest: inner.rest },
  };
}

/** What of new blocks goes into an open one: a list takes the items of a list of its kind, code and paragraphs take nothing. */
function adopted(block: Block, blocks: readonly Block[]): readonly Block[] | undefined {
  const [first] = blocks;
  if (block.kind === 'list')
    return first?.kind === 'list' && first.marker === block.marker ? blocks.slice(1) : undefined;
  return ['document', 'quote', 'item'].includes(block.kind) ? blocks : undefined;
}

function closesFence(fence: string, { indent, rest }: Line): boolean {
  const marks = rest.slice(fence.length).trim();
  return indent < codeIndent && rest.startsWith(fence) && marks === fence.charAt(0).repeat(marks.length);
}

/** Splits a message as the server's Markdown does, without code. */
export function paragraphsOf(message: string): Paragraphs {
  const texts: string[] = [];
  const labels = new Set<string>();
  const root: Block = { kind: 'document' };
  const open: Block[] = [];

  const close = (from: number): void => {
    for (const block of open.splice(from)) {
      if (block.kind !== 'paragraph') continue;
      let text = block.lines.join('').trimEnd();
      for (let found = definitionIn(text); found; found = definitionIn(text)) {
        labels.add(found.label);
        text = text.slice(found.end);
      }
      texts.push(text);
    }
  };

  /** Puts blocks into the innermost of the first `depth` open blocks that takes them. */
  const add = (blocks: readonly Block[], depth: number): void => {
    for (let inner = depth; inner >= 0; inner--) {
      const block = open[inner - 1] ?? root;
      const taken = adopted(block, blocks);
      if (!taken) continue;
      if (block.kind === 'item') block.empty = false;
      close(inner);
      open.push(...taken);
      return;
    }
  };

  for (const each of message.match(/[^\r\n]*(?:\r\n|[\r\n])|[^\r\n]+/g) ?? []) {
    let line = toLine(each);
    let depth = 0;
    for (const block of open) {
      const rest = continued(block, line);
      if (!rest) break;
      line = toLine(rest.rest, rest.indent);
      depth++;
    }
    const under = open[depth - 1] ?? root;
    const isCode = under.kind === 'fenced' || under.kind === 'indented';
    const last = open.at(-1);
    const started = isCode ? [] : blocksOf(line, under, depth < open.length ? last : undefined);
    if (started.length > 0) add(started, depth);
    else if (last?.kind === 'paragraph' && !isBlank(line.rest)) last.lines.push(line.rest);
    else {
      close(depth);
      if (under.kind === 'fenced') under.closed = closesFence(under.fence, line);
      else if (!isCode && !isBlank(line.rest)) add([{ kind: 'paragraph', lines: [line.rest] }], depth);
    }
  }
  close(0);
  return { texts, labels };
}
