/** Rows of one type, with a primary key and named indexes. Rows are never changed in place. */
export class Table<T extends object, Index extends string = never> {
  private readonly rows = new Map<string, T>();
  private readonly groups = new Map<Index, Map<string, Map<string, T>>>();

  /** A row is not in an index that gives `undefined` for it. */
  constructor(
    private readonly primaryKey: (row: T) => string,
    private readonly indexes: Readonly<Record<Index, (row: T) => string | undefined>> = {} as never,
  ) {
    for (const name of this.names()) this.groups.set(name, new Map());
  }

  get size(): number {
    return this.rows.size;
  }

  get(key: string): T | undefined {
    return this.rows.get(key);
  }

  /** All rows, in the order in which their keys were added. */
  all(): T[] {
    return [...this.rows.values()];
  }

  /** The rows of one index entry, oldest first. */
  where(index: Index, value: string): T[] {
    return [...(this.groups.get(index)?.get(value)?.values() ?? [])];
  }

  /** How many rows one index entry has. */
  count(index: Index, value: string): number {
    return this.groups.get(index)?.get(value)?.size ?? 0;
  }

  /** Adds a row, or replaces the row with the same key. */
  put(row: T): T {
    const key = this.primaryKey(row);
    const old = this.rows.get(key);
    this.rows.set(key, row);
    for (const name of this.names()) {
      const value = this.indexes[name](row);
      const before = old && this.indexes[name](old);
      if (before !== undefined && before !== value) this.leave(name, before, key);
      if (value === undefined) continue;
      const group = this.groups.get(name);
      const entry = group?.get(value);
      if (entry) entry.set(key, row);
      else group?.set(value, new Map([[key, row]]));
    }
    return row;
  }

  /** Replaces some fields of a row. Throws if there is no such row. */
  patch(key: string, change: Partial<T>): T {
    const row = this.rows.get(key);
    if (!row) throw new Error(`store: no row ${key}`);
    return this.put({ ...row, ...change });
  }

  delete(key: string): boolean {
    const row = this.rows.get(key);
    if (!row) return false;
    this.rows.delete(key);
    for (const name of this.names()) {
      const value = this.indexes[name](row);
      if (value !== undefined) this.leave(name, value, key);
    }
    return true;
  }

  clear(): void {
    this.rows.clear();
    for (const group of this.groups.values()) group.clear();
  }

  private names(): Index[] {
    return Object.keys(this.indexes) as Index[];
  }

  private leave(name: Index, value: string, key: string): void {
    const group = this.groups.get(name);
    const entry = group?.get(value);
    entry?.delete(key);
    if (entry?.size === 0) group?.delete(value);
  }
}
