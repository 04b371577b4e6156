import { utf8Text } from '../base/text.js';
import { toJson } from '../base/to-json.js';
import { forbidden, invalidBody, invalidUrl } from '../base/app-error.js';
import { parseJson, readFields, readMap } from './body.js';
import type { Fields, Shape } from './body.js';
import { isId } from '../base/chance.js';
import type { Answer, CoreRequest } from '../base/http.js';
import type { SessionRow, UserRow } from '../store/people.js';
import type { World } from '../world.js';

/** One operation of the API. */
export type Handler = (c: Context) => Answer;

/** An answer in JSON. */
export const json = (value: unknown, status = 200): Answer => ({
  status,
  body: toJson(value),
  type: 'application/json',
});

/** What most operations answer that only do something. */
export const ok = (): Answer => json({ status: 'OK' });

/** What a handler has to work with: the request, read as the server reads it, and the world. */
export class Context {
  readonly query: URLSearchParams;
  readonly store: World['store'];

  constructor(
    readonly world: World,
    readonly request: CoreRequest,
    private readonly params: Readonly<Record<string, string>>,
    /** There is always one where the route asks for it. */
    readonly session: SessionRow | undefined,
  ) {
    this.query = new URL(request.target, 'http://server').searchParams;
    this.store = world.store;
  }

  get now(): number {
    return this.world.clock.now();
  }

  /** True for 11.6. */
  get modern(): boolean {
    return this.world.modern;
  }

  /** Who is asking; empty for nobody. */
  get me(): string {
    return this.session?.user_id ?? '';
  }

  /** A path parameter as it is. */
  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** A path parameter that has to be an id. */
  id(name: string): string {
    const value = this.param(name);
    if (!isId(value)) throw invalidUrl(name);
    return value;
  }

  /** The user in the path; `me` is whoever asks. */
  userId(name = 'user_id'): string {
    return this.param(name) === 'me' ? this.me : this.id(name);
  }

  /** True if the asker has a permission of the whole system. */
  can(permission: string): boolean {
    return this.world.permissions.ofSession(this.session, permission);
  }

  /** Refuses whoever lacks a permission of the whole system. */
  need(permission: string): void {
    if (!this.can(permission)) throw forbidden();
  }

  /** Refuses whoever is neither that user nor permitted to edit others. */
  needSelf(userId: string, permission = 'edit_other_users'): void {
    if (this.me !== userId) this.need(permission);
  }

  /** A query flag: `true` and nothing else sets it. */
  flag(name: string): boolean {
    return this.query.get(name) === 'true';
  }

  /** A number of the query, or `fallback` where it is missing, no number or negative. */
  number(name: string, fallback: number): number {
    const text = this.query.get(name) ?? '';
    return /^\d+$/.test(text) ? Number(text) : fallback;
  }

  /** One page of a list: `page` and `per_page` of the query, 60 by default, 200 at most (protocol §7.1). */
  page<T>(rows: readonly T[]): T[] {
    const size = Math.min(this.number('per_page', 60), 200);
    const start = this.number('page', 0) * size;
    return rows.slice(start, start + size);
  }

  get bodyText(): string {
    return utf8Text(this.request.body);
  }

  /** The fields of an object body; `name` is what a refusal calls it. */
  fields<S extends Shape>(name: string, shape: S): Fields<S> {
    return readFields(this.bodyText, name, shape, this.modern);
  }

  /** A body that is a map of strings; anything else counts as empty. */
  map(): Readonly<Record<string, string>> {
    return readMap(this.bodyText);
  }

  /** A body that is a list of strings with at least one in it. */
  strings(name: string): readonly string[] {
    const value = parseJson(this.bodyText);
    const list = Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
    if (list.length === 0) throw invalidBody(name);
    return list;
  }

  /** Answers with a tag, or 304 for whoever has that already. Comparison is of the exact text (protocol §6.6). */
  tagged(etag: string, answer: () => Answer): Answer {
    if (this.request.headers['if-none-match'] === etag) return { status: 304, body: '', headers: { ETag: etag } };
    const full = answer();
    return { ...full, headers: { ...full.headers, ETag: etag } };
  }

  /** Notes what somebody did, as `users/{id}/audits` lists it. */
  audit(extra: string, userId = this.me): void {
    this.store.audits.put({
      id: this.world.chance.id(),
      create_at: this.now,
      user_id: userId,
      action: this.request.target.split('?')[0] ?? '',
      extra_info: extra,
      ip_address: this.request.address,
      session_id: this.session?.id ?? '',
    });
  }

  /** The user behind an id, or `missing` as the refusal. */
  user(id: string, missing: () => Error): UserRow {
    const row = this.store.users.get(id);
    if (!row) throw missing();
    return row;
  }
}
