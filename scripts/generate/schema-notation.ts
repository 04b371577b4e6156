// Writes schemas in the notation that src/validate/notation.ts reads.

/** A model that has a schema: its type in the notation of schemas, and the module of its TypeScript type. */
export interface Model {
  readonly type: string;
  readonly from: string;
}

/** A member of an object. */
export interface NotedMember {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

/** An object with the given members; `rest` is the type of all other members, if it may have any. */
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

/** One of several types. `string` includes the known texts, `boolean` both truth values. */
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
  throw new Error(`${JSON.stringify(value)}: must be a number, a boolean, or a text without quotes, \\ and $`);
}

function nameOf(name: string): string {
  // Every object inherits a member of that name, so a check could not tell whether it is there.
  if (name in Object.prototype) throw new Error(`${name}: must not be the name of a member of Object.prototype`);
  return /^\w+$/.test(name) ? name : literalOf(name);
}

const width = 118;

/** A constant with one definition after the other, which `src/validate/schemas.ts` reads. */
export function tableOf(constant: string, doc: string, lines: ReadonlyMap<string, string>): string {
  const texts = [...lines].map(([name, type]) => wrap(`${name}: ${type}`));
  return `/** ${doc} */\nexport const ${constant} = \`\n${texts.join('\n')}\n\`;`;
}

/** Breaks a long definition between members. Lines after the first are indented; a line that is not begins the next definition. */
function wrap(text: string): string {
  const lines = [''];
  for (const member of text.split(/(?<=,) /)) {
    const last = lines.at(-1)!;
    if (last && last.length + member.length >= width) lines.push(`  ${member}`);
    else lines[lines.length - 1] = last ? `${last} ${member}` : member;
  }
  return lines.join('\n');
}
