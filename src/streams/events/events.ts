import { Observable, type Subscriber } from 'rxjs';
import { checkText } from '../../models/check-text.js';
import type { EventName, MattermostEvent } from '../../models/events.js';
import type { Gateway } from '../connection/gateway.js';
import { gapsOf, type Gap } from '../recovery/gaps.js';
import type { EventScope, Router } from './router.js';

export type { Gap } from '../recovery/gaps.js';
export type { EventScope } from './router.js';

/** Decoded events of the shared socket. Hot: nothing is replayed. A lost connection is no error; the streams complete with the client. */
export interface Events {
  /**
   * Every event, unknown and `custom_…` ones included. Hot, no replay; holds the socket open while subscribed; completes with the client;
   * never errors. While it has a subscriber every frame is decoded.
   */
  readonly all$: Observable<MattermostEvent>;
  /**
   * Events of the given names, within a scope if one is given. Names that this library does not know, of plugins or of newer servers, work too.
   * Hot, no replay. Holds the socket open while subscribed: it opens with the first subscriber of the client, and closes `idleCloseMs` after
   * the last. Completes with the client; its only error is a `ValidationError` for a bad name or scope.
   *
   * @example
   * client.events.on('posted', { channelId }).subscribe(({ data }) => console.log(data.post.message));
   */
  on<N extends EventName>(name: N | readonly N[], scope?: EventScope): Observable<MattermostEvent<N>>;
  on(name: string | readonly string[], scope?: EventScope): Observable<MattermostEvent<string>>;
  /** Emits when events may have been missed. Hot, no replay; completes with the client; never errors. Does not open the socket. */
  readonly gaps$: Observable<Gap>;
}

/** Makes the events of a gateway that delivers to `router.dispatch`. */
export function createEvents({ hold, losses$ }: Gateway, router: Router): Events {
  const open = new Set<Subscriber<MattermostEvent<string>>>();
  let closed = false;
  losses$.subscribe({
    complete() {
      closed = true;
      for (const subscriber of [...open]) subscriber.complete();
    },
  });
  const listen = (names?: string | readonly string[], scope?: EventScope): Observable<MattermostEvent<never>> =>
    new Observable<MattermostEvent<string>>((subscriber) => {
      const list = typeof names === 'string' ? [names] : names;
      if (list) check(list, scope ?? {});
      if (closed) return subscriber.complete();
      open.add(subscriber);
      subscriber.add(() => open.delete(subscriber));
      subscriber.add(router.listen(subscriber, list, scope));
      subscriber.add(hold(false));
    }) as Observable<MattermostEvent<never>>;
  return {
    all$: listen(),
    // Without a name, which only the types rule out, it would be `all$`.
    on: (names: string | readonly string[] | undefined, scope?: EventScope) => listen(names ?? [], scope),
    gaps$: gapsOf(losses$),
  };
}

function check(names: readonly unknown[], scope: EventScope): void {
  // An empty list is refused as a missing name is.
  for (const name of names.length > 0 ? names : [undefined]) checkText('events.on: name', name);
  for (const [kind, id] of Object.entries(scope)) if (id !== undefined) checkText(`events.on: ${kind}`, id);
}
