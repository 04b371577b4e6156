/** Ids differ between two runs of one scenario. */
const idPattern = /[a-z0-9]{26}/g;
const idsIn = (text: string): string[] => text.match(idPattern) ?? [];

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const parsed = (text: string): unknown => {
  try {
    return /^[[{]/.test(text) ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
};

/** What identifies an entity in both runs. */
function signature(value: unknown): string {
  if (!isJson(value)) return typeof value === 'string' ? '' : JSON.stringify(value);
  const own = ['username', 'name', 'display_name', 'email', 'message', 'type', 'emoji_name', 'description', 'category'];
  const nested = ['channel', 'member', 'post', 'user'].map((name) => value[name]).filter(isJson);
  return JSON.stringify([own.map((name) => value[name]), nested.map(signature)]);
}

const order = (value: unknown): number => (isJson(value) ? Number(value['create_at'] ?? 0) : 0);

/** Pairs members of two lists that look alike, older ones first. */
function pair(recorded: readonly unknown[], ours: readonly unknown[]): (readonly [unknown, unknown])[] {
  const left = [...ours].sort((a, b) => order(a) - order(b));
  return [...recorded]
    .sort((a, b) => order(a) - order(b))
    .flatMap((item) => {
      const at = left.findIndex((other) => signature(other) === signature(item));
      return at < 0 ? [] : [[item, left.splice(at, 1)[0]] as const];
    });
}

/** Learns from answers which of our ids belongs to which recorded id, and translates requests. */
export class Names {
  private readonly ours = new Map<string, string>();

  constructor(private readonly placeholder: (text: string) => string | undefined) {}

  set(recorded: string, ours: string): void {
    this.ours.set(recorded, ours);
  }

  /** Learns from two answers or events, by what is in the same place. */
  learn(recorded: unknown, ours: unknown): void {
    if (typeof recorded === 'string' && typeof ours === 'string') this.learnText(recorded, ours);
    else if (Array.isArray(recorded) && Array.isArray(ours))
      for (const [one, other] of pair(recorded, ours)) this.learn(one, other);
    else if (isJson(recorded) && isJson(ours)) this.learnObject(recorded, ours);
  }

  private learnText(recorded: string, ours: string): void {
    if (/^<.*>$/.test(recorded)) {
      this.set(recorded, ours);
      return;
    }
    const inner = parsed(recorded);
    if (inner !== undefined) {
      this.learn(inner, parsed(ours));
      return;
    }
    const [from, to] = [idsIn(recorded), idsIn(ours)];
    // A direct channel is named after both of its users, in an order that their ids decide.
    if (from.length === 1 && to.length === 1 && from[0] && to[0] && !this.ours.has(from[0])) this.set(from[0], to[0]);
  }

  private learnObject(recorded: Json, ours: Json): void {
    const byId = Object.keys(recorded).every((key) => /^[a-z0-9]{26}$/.test(key));
    if (!byId) {
      for (const [key, value] of Object.entries(recorded)) this.learn(value, ours[key]);
      return;
    }
    const entries = (object: Json) =>
      Object.entries(object).map(([id, value]) => (isJson(value) ? { ...value, id } : { id, value }));
    for (const [one, other] of pair(entries(recorded), entries(ours))) this.learn(one, other);
  }

  /** Replaces all recorded ids and placeholders in a value by ours. */
  translate<T>(value: T): T {
    if (typeof value === 'string') return this.text(value) as T;
    if (Array.isArray(value)) return value.map((item: unknown) => this.translate(item)) as T;
    if (!isJson(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.translate(item)])) as T;
  }

  private text(text: string): string {
    if (/^<[\w:. -]+>$/.test(text)) return this.placeholder(text) ?? this.ours.get(text) ?? text;
    return text.replace(idPattern, (id) => this.ours.get(id) ?? id);
  }
}
