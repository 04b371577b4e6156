/** The paths of a JSON value with the types found there; what is keyed by ids or addresses counts as one path. */
export function shapeOf(value: unknown, path = '', depth = 0, out = new Map<string, Set<string>>()) {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  out.set(path, (out.get(path) ?? new Set()).add(type));
  if (depth > 4 || typeof value !== 'object' || value === null) return out;
  if (Array.isArray(value)) for (const item of value.slice(0, 20)) shapeOf(item, `${path}[]`, depth + 1, out);
  else
    for (const [key, member] of Object.entries(value))
      shapeOf(member, `${path}.${/^[a-z0-9]{26}$|^https?:/.test(key) ? '*' : key}`, depth + 1, out);
  return out;
}

/** What keeps two values from being of one shape; empty if they are. */
export function shapeDifference(recorded: unknown, ours: unknown): string {
  const [a, b] = [shapeOf(recorded), shapeOf(ours)];
  const missing = [...a.keys()].filter((path) => !b.has(path)).map((path) => `-${path}`);
  const extra = [...b.keys()].filter((path) => !a.has(path)).map((path) => `+${path}`);
  const other = [...a].filter(([path, types]) => b.has(path) && ![...types].some((type) => b.get(path)?.has(type)));
  return [...missing, ...extra, ...other.map(([path]) => `~${path}`)].slice(0, 6).join(' ');
}

/** Length of the longest sequence that both have in the same order. */
export function commonLength(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    for (const [at, other] of b.entries())
      next.push(one === other ? (row[at] ?? 0) + 1 : Math.max(next[at] ?? 0, row[at + 1] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}
