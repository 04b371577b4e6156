import { platformSocket } from '#websocket';
import { catchError, defer, map, mergeMap, take, type Observable } from 'rxjs';
import { sessionKeyOf } from './session-key.js';
import type { Credential } from '../../models/credential.js';
import type { GatewayOptions } from './options.js';
import { isFinal } from './reconnect.js';
import type { MachineState } from './machine.js';
import { socketEvents, type SocketEvent } from './socket.js';
import type { Report } from './state.js';

type TransportOptions = Pick<GatewayOptions, 'WebSocket' | 'socketOptions' | 'postedAck'>;

/** Whether the upgrade itself can say who connects: protocol §1.2. Only then can a connection be resumed. */
export function authenticatesUpgrade({ WebSocket }: TransportOptions, credential: Credential): boolean {
  return credential.kind === 'cookie' || (WebSocket ? WebSocket.takesHeaders === true : platformSocket.takesHeaders);
}

/** Opens one socket of the server. As cold as {@link socketEvents}. */
export function dial(
  url: string,
  credential: Credential,
  { resuming, connectionId, expected }: Pick<MachineState, 'resuming' | 'connectionId' | 'expected'>,
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
 * Asks REST whether the credential of a silent socket is dead. Emits whether there is another one by now; errors if it is dead and there is
 * none. When REST cannot be asked nothing speaks against it.
 *
 * @param key of the credential when the socket was opened.
 */
export function probe(
  { probe: ask, credentials }: Pick<GatewayOptions, 'probe' | 'credentials'>,
  refused: Credential,
  key: unknown,
  report: Report,
): Observable<boolean> {
  return defer(ask).pipe(
    take(1),
    map(() => undefined),
    catchError((error: unknown) => {
      if (isFinal(error)) return [error];
      throw error as Error;
    }),
    mergeMap((dead) =>
      (dead ? credentials.renew(refused) : credentials.credential()).pipe(
        take(1),
        map((found) => {
          const renewed = sessionKeyOf(found) !== key;
          if (dead && !renewed) throw dead;
          return renewed;
        }),
      ),
    ),
    catchError((error: unknown) => {
      if (isFinal(error)) throw error;
      report('probe-failed');
      return [false];
    }),
  );
}
