import type { Client, ConnectionState, Gap, MattermostEvent, SessionChange, TypingChange } from 'matterstream';
import { type Observable, concatMap, distinctUntilChanged, filter, map, merge } from 'rxjs';
import { describeEvent } from './describe.js';
import type { Names } from './names.js';

/** One thing that the view shows. */
export type Happening =
  | { readonly kind: 'event'; readonly event: MattermostEvent<string> }
  | { readonly kind: 'typing'; readonly change: TypingChange }
  | { readonly kind: 'connection'; readonly state: ConnectionState }
  | { readonly kind: 'latency'; readonly latencyMs: number | undefined }
  | { readonly kind: 'session'; readonly who: string; readonly change: SessionChange }
  | { readonly kind: 'gap'; readonly gap: Gap }
  /** What the simulation does to its people. */
  | { readonly kind: 'note'; readonly text: string };

/** A happening with the time it came, in milliseconds since the epoch. */
export type Dated = Happening & { readonly atMs: number };

/** The part of a server that is shown. */
export interface Focus {
  readonly teamId: string;
  readonly channelIds: ReadonlySet<string>;
}

/** Everything that one client sees; without a focus all of it. */
export function watch(client: Client, focus?: Focus): Observable<Happening> {
  const inFocus = ({ channelId, teamId = '' }: { readonly channelId: string; readonly teamId?: string }): boolean =>
    !focus || (channelId ? focus.channelIds.has(channelId) : teamId === '' || teamId === focus.teamId);

  return merge(
    client.connection.state$.pipe(
      distinctUntilChanged(({ status: was }, { status }) => was === status && status !== 'waiting'),
      map((state): Happening => ({ kind: 'connection', state })),
    ),
    client.connection.state$.pipe(
      map(({ latencyMs }) => latencyMs),
      distinctUntilChanged(),
      map((latencyMs): Happening => ({ kind: 'latency', latencyMs })),
    ),
    client.events.all$.pipe(
      filter((event) => inFocus(event)),
      map((event): Happening => ({ kind: 'event', event })),
    ),
    client.typing.anywhere$.pipe(
      filter((change) => inFocus(change)),
      map((change): Happening => ({ kind: 'typing', change })),
    ),
    client.events.gaps$.pipe(map((gap): Happening => ({ kind: 'gap', gap }))),
    watchSession(client, 'you'),
  );
}

/** What happens to the login of one client, and what it learns of others. */
export function watchSession(client: Client, who: string): Observable<Happening> {
  return client.sessions.changes$.pipe(
    // A login is shown once it works on the socket, and not already when the password was accepted.
    filter(({ type, scope }) => type !== 'established' || scope === 'current'),
    map((change) => ({ kind: 'session', who, change })),
  );
}

/** Adds the time to each happening, and passes it on, in order, once the names in it are known. */
export function dated(names: Names): (source: Observable<Happening>) => Observable<Dated> {
  return (source) =>
    source.pipe(
      map((happening): Dated => ({ ...happening, atMs: Date.now() })),
      concatMap((happening) => names.learn(...idsIn(happening)).pipe(map(() => happening))),
    );
}

function idsIn(happening: Happening): [userIds: string[], channelIds: string[]] {
  switch (happening.kind) {
    case 'event':
      return [[describeEvent(happening.event).userId], [happening.event.channelId]];
    case 'typing':
      return [[happening.change.userId], [happening.change.channelId]];
    default:
      return [[], []];
  }
}
