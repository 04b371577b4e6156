import { utf8Text } from '../base/text.js';
import { toJson } from '../base/to-json.js';
import { forbidden, invalidBody, invalidUrl } from '../base/app-error.js';
import { parseJson, readFields, readMap } from './body.js';
import type { Fields, Shape } from './body.js';
import { isId } from '../base/chance.js';
import type { Answer, CoreRequest } from '../base/http.js';
import type { SessionRow, UserRow } from '../store/people.js';
import type { World } from '../world.js';

/** Answers one operation of the API. */
export type Handler = (c: Context) => Answer;

/** An answer in JSON. */
export const json = (value: unknown, status = 200): Answer => ({
  status,
  body: toJson(value),
  type: 'application/json',
});

/** The answer of most operations that return nothing. */
export const ok = (): Answer => json({ status: 'OK' });

/** What a handler gets: the request, parsed as the server parses it, and the world. */
export class Context {
  readonly query: URLSearchParams;
  readonly store: World['store'];

  constructor(
    readonly world: World,
    readonly request: CoreRequest,
    private readonly params: Readonly<Record<string, string>>,
    /** Always there if the route needs one. */
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

  /** Id of the user who makes the request; empty without a session. */
  get me(): string {
    return this.session?.user_id ?? '';
  }

  /** A path parameter, unchecked. */
  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** A path parameter that must be an id. */
  id(name: string): string {
    const value = this.param(name);
    if (!isId(value)) throw invalidUrl(name);
    return value;
  }

  /** The id of the user in the path; `me` is the requesting user. */
  userId(name = 'user_id'): string {
    return this.param(name) === 'me' ? this.me : this.id(name);
  }

  /** True if the requesting user has a permission in the system. */
  can(permission: string): boolean {
    return this.world.permissions.ofSession(this.session, permission);
  }

  /** Throws unless the requesting user has a permission in the system. */
  need(permission: string): void {
    if (!this.can(permission)) throw forbidden();
  }

  /** Throws unless the requesting user is `userId` or may edit other users. */
  needSelf(userId: string, permission = 'edit_other_users'): void {
    if (this.me !== userId) this.need(permission);
  }

  /** A flag of the query: true only for the text `true`. */
  flag(name: string): boolean {
    return this.query.get(name) === 'true';
  }

  /** A number of the query; `fallback` if it is missing, negative or not a number. */
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

  /** A body that is a map of strings; anything else counts as an empty map. */
  map(): Readonly<Record<string, string>> {
    return readMap(this.bodyText);
  }

  /** A body that is a list of strings and not empty. */
  strings(name: string): readonly string[] {
    const value = parseJson(this.bodyText);
    const list = Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
    if (list.length === 0) throw invalidBody(name);
    return list;
  }

  /** Answers with an ETag, or 304 if `If-None-Match` is exactly that text (protocol §6.6). */
  tagged(etag: string, answer: () => Answer): Answer {
    if (this.request.headers['if-none-match'] === etag) return { status: 304, body: '', headers: { ETag: etag } };
    const full = answer();
    return { ...full, headers: { ...full.headers, ETag: etag } };
  }

  /** Adds an entry to the audits of a user. */
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

  /** The user with an id. Throws `missing()` if there is none. */
  user(id: string, missing: () => Error): UserRow {
    const row = this.store.users.get(id);
    if (!row) throw missing();
    return row;
  }
}
