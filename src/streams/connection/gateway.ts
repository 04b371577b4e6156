import { map, Observable, Subject } from 'rxjs';
import { ClosedError } from '../../models/errors.js';
import type { JsonObject } from '../../models/event-entities.js';
import { createAttempts } from './attempts.js';
import { createCredentialFlow } from './credential-flow.js';
import { createDiagnostics } from './diagnostics.js';
import { createDriver } from './driver.js';
import { createPerform } from './effects.js';
import { createHolders } from './holders.js';
import { createLink } from './link.js';
import type { MachineState } from './machine-state.js';
import { settingsOf, type GatewayOptions } from './options.js';
import { createReader, type Measured } from './reader.js';
import { createRequests } from './requests.js';
import { createSequence } from './sequence.js';
import { createShownState } from './shown-state.js';
import type { ConnectionFacts, ConnectionSignal, ConnectionState, Diagnostic, Loss } from './state.js';
import { createStep } from './step.js';

/** The one socket that all streams share. It opens with the first holder, and closes some time after the last has gone. */
export interface Gateway {
  /** See `Connection.state$`. */
  readonly state$: Observable<ConnectionState>;
  /** What the socket learned about the login. Hot, no replay; completes with the gateway; never errors. */
  readonly signals$: Observable<ConnectionSignal>;
  /** Where events may be missing. Hot, no replay; completes with the gateway; never errors. */
  readonly losses$: Observable<Loss>;
  /** See `Connection.diagnostics$`. */
  readonly diagnostics$: Observable<Diagnostic>;
  /** See `Connection.open`. */
  open(): Observable<ConnectionState>;
  /**
   * Keeps the socket open until the result is called. A rejected credential is tried again if nobody else holds the socket, or if `retry` is
   * set. Throws `ClosedError` after `close`.
   */
  hold(retry?: boolean): () => void;
  /**
   * Sends an action (protocol §3.2) once the socket is ready. Cold: each subscription is one action. Emits the `data` of the reply and
   * completes; for `custom_…`, which no server answers, completes once it is sent. Errors with `ActionError` on FAIL, `TimeoutError`, `ClosedError`
   * when the socket ends before the reply, `ValidationError`, or with what the credential was rejected with. Unsubscribing before it is sent
   * cancels it; afterwards the reply is ignored.
   */
  request(action: string, data?: JsonObject): Observable<JsonObject>;
  /** Closes the socket. Streams complete, requests fail with `ClosedError`. */
  close(): void;
}

/** Makes a gateway. Nothing happens until it is held. Throws `ValidationError` for bad options. */
export function createGateway(options: GatewayOptions): Gateway {
  const { driver, step, flow, holders, requests, attempts, shown, signals, losses, diagnostics } = createParts(
    options,
    hold,
  );
  let closed = false;

  function hold(retry = true): () => void {
    if (closed) throw new ClosedError();
    const release = holders.take();
    const { status } = shown;
    if (status === 'idle' || (status === 'rejected' && (retry || holders.count === 1))) {
      // At once, so that a second holder does not connect as well.
      shown.show({ status: 'connecting' });
      driver.inbox.enter(attempts.connect);
    }
    return release;
  }

  return {
    state$: shown.state$,
    signals$: signals,
    losses$: losses,
    diagnostics$: diagnostics.diagnostics$,
    hold,
    request: requests.request,
    open: () =>
      new Observable((subscriber) => {
        if (!closed) subscriber.add(hold());
        return untilRejected(shown.state$).subscribe(subscriber);
      }),
    close() {
      if (closed) return;
      closed = true;
      driver.close();
      holders.stop();
      step.close();
      flow.forget();
      // Before anything that runs code of users: a stream that they subscribe to within it completes.
      losses.complete();
      shown.show({ status: 'closed' });
      requests.fail(new ClosedError(), true);
      for (const outlet of [shown, signals, diagnostics]) outlet.complete();
    },
  };
}

/** Makes the parts of a gateway and connects them. */
function createParts(options: GatewayOptions, hold: () => () => void) {
  const settings = settingsOf(options);
  const { scheduler, url } = settings;
  const { deliver } = options;
  const now = (): number => scheduler.now();
  const signals = new Subject<ConnectionSignal>();
  const losses = new Subject<Loss>();
  const diagnostics = createDiagnostics();
  const { report } = diagnostics;
  const measured: Measured = { latencyMs: undefined, lastFrameAtMs: undefined };
  const sequence = createSequence();
  const driver = createDriver({
    ...settings,
    read: (text) => read(text),
    perform: (effect) => perform(effect),
    report,
  });
  const shown = createShownState(() => factsOf(driver.state, measured));
  const step = createStep(driver.inbox);
  const flow = createCredentialFlow(options, report);
  const leave = (): void => {
    if (holders.count === 0) driver.apply({ type: 'idle' });
  };
  const holders = createHolders(settings.idleCloseMs, scheduler, () => driver.inbox.enter(leave));
  const send = (text: string): boolean => driver.state.phase === 'ready' && link.send(text);
  const requests = createRequests({ hold, send, redact: flow.redact }, settings.requestTimeoutMs, scheduler);
  const outlets = { shown, signals, losses, report };
  const shared = { options, settings, deliver, now, driver, step, sequence, measured, flow, requests, ...outlets };
  const link = createLink({ ...shared, url });
  const attempts = createAttempts(shared);
  const read = createReader(shared);
  const perform = createPerform({ ...shared, holders, link, attempts });
  return { driver, step, flow, holders, requests, attempts, shown, signals, losses, diagnostics };
}

function factsOf(state: MachineState, measured: Measured): ConnectionFacts {
  return { connectionId: state.connectionId, resumed: state.phase === 'ready' && state.resuming, ...measured };
}

/** The states; errors with the error of `rejected`. */
function untilRejected(state$: Observable<ConnectionState>): Observable<ConnectionState> {
  return state$.pipe(
    map((state) => {
      if (state.status === 'rejected') throw state.error;
      return state;
    }),
  );
}
