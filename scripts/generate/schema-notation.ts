// Writes the notation that src/validate/notation.ts reads.

/** A member of an object. */
export interface NotedMember {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

/** An object of the given members; `rest` is the type of any others. */
export function objectOf(members: readonly NotedMember[], rest: string | undefined): string {
  if (members.length === 0 && rest === 'unknown') return 'object';
  const texts = members.map(({ name, type, optional }) => `${nameOf(name)}${optional ? '?' : ''}: ${type}`);
  const all = rest === undefined ? texts : [...texts, `*: ${rest}`];
  return all.length > 0 ? `{ ${all.join(', ')} }` : '{}';
}

export const arrayOf = (items: string): string => (isUnion(items) ? `(${items})[]` : `${items}[]`);

function isUnion(type: string): boolean {
  const outer = type.replace(/\{[^{}]*\}|\([^()]*\)/g, '');
  return outer === type ? type.includes('|') : isUnion(outer);
}

/** One of several types; `string` swallows the texts that are known, as others may come. */
export function unionOf(types: readonly string[]): string {
  const all = new Set(types);
  if (all.has('true') && all.has('false')) all.add('boolean');
  const isCovered = (type: string): boolean =>
    (all.has('string') && type.startsWith("'")) || (all.has('boolean') && (type === 'true' || type === 'false'));
  return [...all].filter((type) => !isCovered(type)).join(' | ');
}

export function literalOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && !/['\\`$]/.test(value)) return `'${value}'`;
  throw new Error(`${JSON.stringify(value)} cannot stand in a schema`);
}

function nameOf(name: string): string {
  // The library would find it in every value.
  if (name in Object.prototype) throw new Error(`${name} cannot be checked`);
  return /^\w+$/.test(name) ? name : literalOf(name);
}

const width = 118;

/** A constant with one definition after the other, for `src/validate/schemas.ts`. */
export function tableOf(constant: string, doc: string, lines: ReadonlyMap<string, string>): string {
  const texts = [...lines].map(([name, type]) => wrap(`${name}: ${type}`));
  return `/** ${doc} */\nexport const ${constant} = \`\n${texts.join('\n')}\n\`;`;
}

/** Breaks a definition between members. Lines after the first are indented, by which the next definition is known. */
function wrap(text: string): string {
  const lines = [''];
  for (const member of text.split(/(?<=,) /)) {
    const last = lines.at(-1)!;
    if (last && last.length + member.length >= width) lines.push(`  ${member}`);
    else lines[lines.length - 1] = last ? `${last} ${member}` : member;
  }
  return lines.join('\n');
}
