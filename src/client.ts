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

/** Which server a client talks to, who it logs in as, and how it behaves. */
export interface ClientOptions extends RestOptions, Omit<SocketOptions, 'scheduler' | 'random'> {
  /** How often to read again what the server sends no event about (presence, lists of sessions), in milliseconds. @default 60_000 */
  readonly pollMs?: number;
}

/** `Disposable`, if the types of the platform have it. */
type Disposes = SymbolConstructor extends { readonly dispose: infer D extends symbol }
  ? Readonly<Record<D, () => void>>
  : object;

/** One login on a Mattermost server: REST by groups of operations, and the streams of one shared socket. */
export interface Client extends Groups, Streams, Disposes {
  readonly supports: Supports<OperationName>;
  /**
   * Completes every stream, aborts every call with `ClosedError` and closes the socket; no timer or listener is left. Calls after that error
   * with `ClosedError`, and streams complete at once. A second `close` does nothing.
   */
  close(): void;
}

/** The credential of a client without `auth`. */
const nobody = (): Observable<never> => throwError(() => new AuthenticationError('the client was made without auth'));

/** An instance of each group. */
function groupsOn(rest: Rest): Groups {
  return Object.fromEntries(
    Object.entries(groups).map(([name, Group]) => [name, new Group(rest)]),
  ) as unknown as Groups;
}

/** `Symbol.dispose`; where a platform lacks it, a symbol that nothing uses. */
function disposeKey(): typeof Symbol.dispose {
  const { dispose } = Symbol as { readonly dispose?: typeof Symbol.dispose };
  return dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
}

/**
 * Makes a client. Does no I/O, sets no timer and touches no global until something is subscribed.
 *
 * @throws ValidationError naming an option that is not what it must be.
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
