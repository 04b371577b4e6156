import { merge, type Observable } from 'rxjs';
import { ClosedError } from '../../models/errors.js';
import type { CredentialFlow } from './credential-flow.js';
import { challengeOf, dial } from './dial.js';
import type { Driver } from './driver.js';
import type { MachineEffect } from './machine-state.js';
import { networkChanges } from './network.js';
import type { GatewayOptions } from './options.js';
import type { Requests } from './requests.js';
import type { Sequence } from './sequence.js';
import type { ShownState } from './shown-state.js';
import type { SocketEvent } from './socket.js';
import type { Report } from './state.js';
import type { Step } from './step.js';

/** The present socket, if there is one. */
export interface Link {
  /** Opens the next one, as the present step. */
  open(effect: MachineEffect<'open'>): void;
  /** Sends now; false if there is no open socket. */
  send(text: string): boolean;
  /** Begins the close handshake; the end of the socket follows. A socket that is not open yet ends at once. */
  close(code: number): void;
  /** Lets go of the socket, and reports its end to the machine. `code` as in `SocketEvent`. */
  end(code: number): void;
}

/** What a link needs. */
export interface LinkOptions {
  readonly options: GatewayOptions;
  readonly url: string;
  readonly driver: Driver;
  readonly step: Step;
  readonly sequence: Sequence;
  readonly flow: CredentialFlow;
  readonly requests: Requests;
  readonly shown: ShownState;
  readonly report: Report;
}

type OpenSocket = Extract<SocketEvent, { type: 'open' }>;

/** Makes a link without a socket. */
export function createLink(parts: LinkOptions): Link {
  const { options, url, driver, step, sequence, flow, requests, shown, report } = parts;
  let socket: OpenSocket | undefined;
  const end = (code: number): void => {
    step.stop();
    socket = undefined;
    requests.fail(new ClosedError('the socket ended before the reply came'), false);
    driver.apply({ type: 'ended', code });
  };
  return {
    open(effect) {
      const challenge = challengeOf(options, effect.login.credential);
      step.start(dial(url, effect, sequence.expected, options), (event) => {
        if (event.type === 'end') {
          if (!socket) report('connect-failed', flow.redact(event.detail));
          return end(event.code);
        }
        socket = event;
        shown.show({ status: 'authenticating' });
        if (challenge) event.send(requests.prepare('authentication_challenge', challenge, () => undefined));
        driver.apply({ type: 'opened' });
      });
      step.add(suspicions(options).subscribe(() => driver.post({ type: 'check' })));
    },
    send(text) {
      socket?.send(text);
      return socket !== undefined;
    },
    close: (code) => (socket ? socket.close(code) : end(1006)),
    end,
  };
}

/** Emits when there is a reason to ask whether the socket still works. */
function suspicions({ doubts$ }: Pick<GatewayOptions, 'doubts$'>): Observable<unknown> {
  return merge(networkChanges(), doubts$);
}
