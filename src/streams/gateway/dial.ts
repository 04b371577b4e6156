import { platformSocket } from '#websocket';
import { catchError, defer, EMPTY, ignoreElements, mergeMap, take, throwError, type Observable } from 'rxjs';
import { keyOf, type SocketCredential } from './credentials.js';
import type { GatewayOptions } from './options.js';
import { isFinal } from './reconnect.js';
import type { Session } from './session.js';
import { socketEvents, type SocketEvent } from './socket.js';
import type { Report } from './state.js';

type TransportOptions = Pick<GatewayOptions, 'WebSocket' | 'socketOptions' | 'postedAck'>;

/** Whether the upgrade itself can say who connects: protocol §1.2. Only then can a connection be resumed. */
export function authenticatesUpgrade({ WebSocket }: TransportOptions, credential: SocketCredential): boolean {
  return credential.kind === 'cookie' || (WebSocket ? WebSocket.takesHeaders === true : platformSocket.takesHeaders);
}

/** Opens one socket of the server. As cold as {@link socketEvents}. */
export function dial(
  url: string,
  credential: SocketCredential,
  { resuming, connectionId, expected }: Pick<Session, 'resuming' | 'connectionId' | 'expected'>,
  options: TransportOptions,
): Observable<SocketEvent> {
  const { WebSocket: Given, socketOptions, postedAck } = options;
  const query =
    (resuming ? `&connection_id=${connectionId}&sequence_number=${expected}` : '') +
    (postedAck ? '&posted_ack=true' : '');
  const address = url + query.replace('&', '?');
  const headers: Record<string, string> =
    credential.kind === 'bearer' ? { authorization: `Bearer ${credential.token}` } : {};
  return socketEvents(() => {
    if (!Given) return platformSocket.connect(address, headers, socketOptions);
    return Given.takesHeaders ? new Given(address, [], { headers }) : new Given(address);
  });
}

/**
 * Asks REST whether a credential that the socket refused is dead, and then whether there is another. Errors if there is none; completes without
 * a value if it is worth another attempt, which it also is when REST cannot be asked.
 */
export function probe(
  { probe: ask, credentials }: Pick<GatewayOptions, 'probe' | 'credentials'>,
  refused: SocketCredential | undefined,
  report: Report,
): Observable<never> {
  const goOnUnless = (final: boolean, error: unknown): Observable<never> => {
    if (final) return throwError(() => error);
    report('probe-failed');
    return EMPTY;
  };
  return defer(ask).pipe(
    ignoreElements(),
    catchError((error: unknown) =>
      !refused || !isFinal(error)
        ? goOnUnless(false, error)
        : defer(() => credentials.renew(refused)).pipe(
            take(1),
            mergeMap((renewed) => (keyOf(renewed) === keyOf(refused) ? throwError(() => error) : EMPTY)),
            catchError((failure: unknown) => goOnUnless(isFinal(failure), failure)),
          ),
    ),
  );
}
