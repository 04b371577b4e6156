import { throwError, type Observable } from 'rxjs';
import { BotsApi } from './api/generated/bots.js';
import { ChannelsApi } from './api/generated/channels.js';
import { PostsApi } from './api/generated/posts.js';
import { PreferencesApi } from './api/generated/preferences.js';
import { ReactionsApi } from './api/generated/reactions.js';
import { StatusApi } from './api/generated/status.js';
import { SystemApi } from './api/generated/system.js';
import { TeamsApi } from './api/generated/teams.js';
import { UsersApi } from './api/generated/users.js';
import { createRest } from './api/rest.js';
import type { RestOptions } from './api/rest-options.js';
import { createHistory } from './history-of-rest.js';
import { AuthenticationError } from './models/errors.js';
import { createStreams, type Streams } from './streams/create-streams.js';
import type { SocketOptions } from './streams/gateway/options.js';

/** How a client reaches a server and whom it logs in as. */
export interface ClientOptions extends RestOptions, Omit<SocketOptions, 'scheduler' | 'random'> {
  /** How often what the server never announces is read again (presence, lists of sessions), in milliseconds. @default 60_000 */
  readonly pollMs?: number;
}

/** A Mattermost server, as one login sees it: REST by groups of operations, and the streams of its one shared socket. */
export interface Client extends Streams, Disposable {
  readonly users: UsersApi;
  readonly status: StatusApi;
  readonly teams: TeamsApi;
  readonly channels: ChannelsApi;
  readonly posts: PostsApi;
  readonly reactions: ReactionsApi;
  readonly preferences: PreferencesApi;
  readonly bots: BotsApi;
  readonly system: SystemApi;
  /**
   * Completes every stream, aborts every call with `ClosedError` and closes the socket; leaves no timer or listener. Later calls error with
   * `ClosedError`, later streams complete. A second close does nothing.
   */
  close(): void;
}

/** For a client without `auth`: the socket has nobody to log in as. */
const nobody = (): Observable<never> => throwError(() => new AuthenticationError('the client was made without auth'));

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
    history: createHistory(rest),
  });
  const close = (): void => {
    streams.close();
    rest.close();
  };
  return {
    ...streams,
    users: new UsersApi(rest),
    status: new StatusApi(rest),
    teams: new TeamsApi(rest),
    channels: new ChannelsApi(rest),
    posts: new PostsApi(rest),
    reactions: new ReactionsApi(rest),
    preferences: new PreferencesApi(rest),
    bots: new BotsApi(rest),
    system: new SystemApi(rest),
    close,
    [disposeKey()]: close,
  };
}
