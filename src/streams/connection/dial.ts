import { platformSocket } from '#websocket';
import type { Observable } from 'rxjs';
import type { Credential } from '../../models/credential.js';
import type { MachineEffect } from './machine-state.js';
import type { GatewayOptions } from './options.js';
import { socketEvents, type SocketEvent } from './socket.js';

type TransportOptions = Pick<GatewayOptions, 'WebSocket' | 'socketOptions' | 'postedAck'>;

/** Whether the upgrade itself can say who connects: protocol §1.2. Only then can a connection be resumed. */
export function authenticatesUpgrade(options: TransportOptions, credential: Credential): boolean {
  return credential.kind === 'cookie' || takesHeaders(options);
}

/** What the first action of a socket must carry if the upgrade could not say who connects: protocol §1.2. */
export function challengeOf(options: TransportOptions, credential: Credential): { readonly token: string } | undefined {
  return credential.kind === 'bearer' && !takesHeaders(options) ? { token: credential.token } : undefined;
}

function takesHeaders({ WebSocket }: TransportOptions): boolean {
  return WebSocket ? WebSocket.takesHeaders === true : platformSocket.takesHeaders;
}

/** Opens one socket of the server. As cold as {@link socketEvents}. */
export function dial(
  url: string,
  { login: { credential }, connectionId }: Pick<MachineEffect<'open'>, 'login' | 'connectionId'>,
  expected: number,
  options: TransportOptions,
): Observable<SocketEvent> {
  const { WebSocket: Given, socketOptions, postedAck } = options;
  const query =
    (connectionId && `&connection_id=${connectionId}&sequence_number=${expected}`) +
    (postedAck ? '&posted_ack=true' : '');
  const address = url + query.replace('&', '?');
  const headers: Record<string, string> =
    credential.kind === 'bearer' ? { authorization: `Bearer ${credential.token}` } : {};
  return socketEvents(() => {
    if (!Given) return platformSocket.connect(address, headers, socketOptions);
    return Given.takesHeaders ? new Given(address, [], { headers }) : new Given(address);
  });
}
