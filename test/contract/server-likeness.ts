/** The paths of a JSON value with the types found there. Keys that are ids or addresses count as one path. */
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

/** How the shapes of two values differ; empty if they do not. */
export function shapeDifference(recorded: unknown, ours: unknown): string {
  const [a, b] = [shapeOf(recorded), shapeOf(ours)];
  const missing = [...a.keys()].filter((path) => !b.has(path)).map((path) => `-${path}`);
  const extra = [...b.keys()].filter((path) => !a.has(path)).map((path) => `+${path}`);
  const other = [...a].filter(([path, types]) => b.has(path) && ![...types].some((type) => b.get(path)?.has(type)));
  return [...missing, ...extra, ...other.map(([path]) => `~${path}`)].slice(0, 6).join(' ');
}

/** The steps that turn one sequence into another: what both have in order, what only `recorded` has, and what only `ours` has. */
export function sequenceDifference<T>(
  recorded: readonly T[],
  ours: readonly T[],
  same: (a: T, b: T) => boolean,
): { readonly common: number; readonly missing: readonly T[]; readonly extra: readonly T[] } {
  // lengths[i][j]: how much the rest of `recorded` from i and of `ours` from j have in common.
  const lengths = Array.from({ length: recorded.length + 1 }, () => new Array<number>(ours.length + 1).fill(0));
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = recorded.length - 1; i >= 0; i--)
    for (let j = ours.length - 1; j >= 0; j--) {
      const [one, other] = [recorded[i] as T, ours[j] as T];
      const row = lengths[i] ?? [];
      row[j] = same(one, other) ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
    }
  const [missing, extra]: [T[], T[]] = [[], []];
  let [i, j] = [0, 0];
  while (i < recorded.length || j < ours.length) {
    const [one, other] = [recorded[i], ours[j]];
    if (one !== undefined && other !== undefined && same(one, other)) [i, j] = [i + 1, j + 1];
    else if (one !== undefined && (other === undefined || length(i + 1, j) >= length(i, j + 1))) {
      missing.push(one);
      i++;
    } else if (other !== undefined) {
      extra.push(other);
      j++;
    }
  }
  return { common: length(0, 0), missing, extra };
}
