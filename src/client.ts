import { throwError, type Observable } from 'rxjs';
import { groups, type Groups, type OperationName } from './api/generated/all-groups.js';
import type { Rest } from './api/group-rest.js';
import { createRest } from './api/rest.js';
import type { RestOptions } from './api/rest-options.js';
import { createSupports, type Supports } from './api/supports.js';
import { createRestPort } from './create-rest-port.js';
import { AuthenticationError } from './models/errors.js';
import { createStreams, type Streams } from './streams/create-streams.js';
import type { SocketOptions } from './streams/connection/options.js';

/** How a client reaches a server and whom it logs in as. */
export interface ClientOptions extends RestOptions, Omit<SocketOptions, 'scheduler' | 'random'> {
  /** How often what the server never announces is read again (presence, lists of sessions), in milliseconds. @default 60_000 */
  readonly pollMs?: number;
}

/** `Disposable`, where the platform's types know it. */
type Disposes = SymbolConstructor extends { readonly dispose: infer D extends symbol }
  ? Readonly<Record<D, () => void>>
  : object;

/** A Mattermost server, as one login sees it: REST by groups of operations, and the streams of its one shared socket. */
export interface Client extends Groups, Streams, Disposes {
  readonly supports: Supports<OperationName>;
  /**
   * Completes every stream, aborts every call with `ClosedError` and closes the socket; leaves no timer or listener. Later calls error with
   * `ClosedError`, later streams complete. A second close does nothing.
   */
  close(): void;
}

/** For a client without `auth`: the socket has nobody to log in as. */
const nobody = (): Observable<never> => throwError(() => new AuthenticationError('the client was made without auth'));

/** One of each group. */
function groupsOn(rest: Rest): Groups {
  return Object.fromEntries(
    Object.entries(groups).map(([name, Group]) => [name, new Group(rest)]),
  ) as unknown as Groups;
}

/** Where a platform lacks the symbol, the member has a name that nothing calls. */
function disposeKey(): typeof Symbol.dispose {
  const { dispose } = Symbol as { readonly dispose?: typeof Symbol.dispose };
  return dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
}

/**
 * Makes a client. Does no I/O, sets no timer and touches no global until something is subscribed.
 *
 * @throws ValidationError naming the option that cannot be right.
 * @example
 * const client = createClient({ url: 'https://chat.example.com', auth: { token } });
 * client.events.on('posted').subscribe(({ data }) => console.log(data.post.message));
 */
export function createClient(options: ClientOptions): Client {
  const rest = createRest(options);
  const streams = createStreams({
    ...options,
    url: rest.url,
    credentials: rest.auth ?? { credential: nobody, renew: nobody },
    rest: createRestPort(rest),
  });
  const close = (): void => {
    streams.close();
    rest.close();
  };
  return {
    ...groupsOn(rest),
    ...streams,
    supports: createSupports(rest, Object.values(groups), options.scheduler),
    close,
    [disposeKey()]: close,
  };
}
