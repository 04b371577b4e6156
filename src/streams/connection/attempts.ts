import type { Subject } from 'rxjs';
import type { MattermostError } from '../../models/errors.js';
import type { CredentialFlow, Verdict } from './credential-flow.js';
import { authenticatesUpgrade } from './dial.js';
import type { Driver } from './driver.js';
import type { Login, MachineEffect } from './machine-state.js';
import type { GatewayOptions, GatewaySettings } from './options.js';
import type { Measured } from './reader.js';
import { planRetry } from './reconnect.js';
import { isFinal, toRejection } from './rejection.js';
import type { Requests } from './requests.js';
import type { Sequence } from './sequence.js';
import type { ShownState } from './shown-state.js';
import type { ConnectionSignal, Report } from './state.js';
import type { Step } from './step.js';

/** The attempts to get a socket. Called from tasks of the inbox alone. */
export interface Attempts {
  /** Asks for a login, and has the machine open a socket with it. */
  connect(): void;
  /** Waits, then connects. If there is a suspect REST is asked about it first: a dead one is rejected. */
  retry(effect: MachineEffect<'retry'>): void;
  /** Ends what is under way, as nobody needs a socket. */
  rest(): void;
}

/** What attempts need. */
export interface AttemptsOptions {
  readonly options: GatewayOptions;
  readonly settings: GatewaySettings;
  readonly driver: Driver;
  readonly step: Step;
  readonly sequence: Sequence;
  readonly measured: Measured;
  readonly flow: CredentialFlow;
  readonly requests: Requests;
  readonly shown: ShownState;
  readonly signals: Subject<ConnectionSignal>;
  readonly report: Report;
}

/** Makes attempts. None is under way until `connect`. */
export function createAttempts(parts: AttemptsOptions): Attempts {
  const { options, settings, driver, step, sequence, measured, flow, requests, shown, signals, report } = parts;
  const reject = (error: MattermostError): void => {
    shown.show({ status: 'rejected', error });
    signals.next({ type: 'rejected', error });
    requests.fail(error, true);
  };
  const fail = (error: unknown): void => {
    if (isFinal(error)) return reject(toRejection(error));
    report('connect-failed', flow.redact(error instanceof Error ? error.message : String(error)));
    driver.apply({ type: 'ended', code: 1006 });
  };
  const dial = (login: Login): void =>
    driver.apply({
      type: 'dial',
      login,
      resumable: authenticatesUpgrade(options, login.credential),
      expected: sequence.expected,
      lastFrameAtMs: measured.lastFrameAtMs,
    });
  const connect = (): void => {
    flow.forget();
    if (shown.status !== 'connecting') shown.show({ status: 'connecting' });
    step.start(flow.login(), dial, fail);
  };
  return {
    connect,
    retry(effect) {
      const { suspect } = effect;
      const { status, over$ } = planRetry(effect, settings.reconnect, settings.random, settings.scheduler);
      const wait = (): void => step.start(over$, connect);
      const act = (verdict: Verdict): void => (verdict.kind === 'dead' ? reject(verdict.error) : wait());
      shown.show(status);
      if (suspect) step.start(flow.verify(suspect), act);
      else wait();
    },
    rest() {
      step.stop();
      flow.forget();
      if (shown.status !== 'idle') shown.show({ status: 'idle' });
    },
  };
}
