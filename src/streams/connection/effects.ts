import type { Subject } from 'rxjs';
import type { Attempts } from './attempts.js';
import type { CredentialFlow } from './credential-flow.js';
import type { Driver } from './driver.js';
import type { Holders } from './holders.js';
import type { Link } from './link.js';
import type { EffectType, MachineEffect } from './machine-state.js';
import type { GatewayOptions } from './options.js';
import { isRefusal, type Measured } from './reader.js';
import type { Requests } from './requests.js';
import type { Sequence } from './sequence.js';
import type { ShownState } from './shown-state.js';
import type { ConnectionSignal, Loss, Report } from './state.js';
import type { Step } from './step.js';

/** What the effects of the machine need. */
export interface EffectParts {
  readonly driver: Driver;
  readonly step: Step;
  readonly sequence: Sequence;
  readonly measured: Measured;
  readonly flow: CredentialFlow;
  readonly holders: Holders;
  readonly requests: Requests;
  readonly link: Link;
  readonly attempts: Attempts;
  readonly shown: ShownState;
  readonly signals: Subject<ConnectionSignal>;
  readonly losses: Subject<Loss>;
  readonly deliver: GatewayOptions['deliver'];
  readonly report: Report;
  now(): number;
}

type Performers = { readonly [T in EffectType]: (effect: MachineEffect<T>) => void };

/** Makes the function that performs each effect. */
export function createPerform(parts: EffectParts): (effect: MachineEffect) => void {
  const { driver, step, sequence, flow, holders, link, attempts, shown, signals, deliver, report } = parts;
  const performers: Performers = {
    open: link.open,
    expect: ({ seq }) => sequence.expect(seq),
    ping: () => ping(parts),
    probe({ login }) {
      const judge = ({ kind }: { kind: string }): void => {
        if (kind !== 'good') driver.post({ type: 'condemned' });
      };
      step.add(flow.verify(login).subscribe(judge));
    },
    deliver: ({ head }) => deliver(head, report),
    drop: ({ reason, head }) => report(reason, head.event),
    ready: (effect) => becomeReady(parts, effect),
    alive: () => shown.show({ status: 'ready' }),
    close: ({ code }) => link.close(code),
    abandon: () => link.end(1006),
    refused: ({ errorId }) => signals.next({ type: 'refused', errorId, status: 401 }),
    retry: (effect) => (holders.count > 0 ? attempts.retry(effect) : attempts.rest()),
    stopped: () => (holders.count > 0 ? attempts.connect() : attempts.rest()),
  };
  return <T extends EffectType>(effect: MachineEffect<T>) => performers[effect.type](effect);
}

function ping({ driver, link, requests, measured, now }: EffectParts): void {
  const sentAt = now();
  const text = requests.prepare('ping', undefined, (reply) => {
    if (isRefusal(reply)) return;
    measured.latencyMs = now() - sentAt;
    driver.apply({ type: 'pong' });
  });
  link.send(text);
}

function becomeReady({ requests, shown, signals, losses }: EffectParts, effect: MachineEffect<'ready'>): void {
  const { connectionId, resumed, userId, loss, renewed } = effect;
  requests.flush();
  shown.show({ status: 'ready' });
  if (renewed) signals.next({ type: 'renewed' });
  signals.next({ type: 'ready', connectionId, resumed, userId });
  if (loss) losses.next(loss);
}
