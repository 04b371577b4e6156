import { asyncScheduler, defer, filter, map, mergeMap, Observable, Subject, Subscription, take } from 'rxjs';
import { textOf } from '../../models/text-of.js';
import { ClosedError } from '../../models/errors.js';
import type { JsonObject } from '../../models/event-entities.js';
import type { FailFrame, ReplyFrame } from '../../models/frames.js';
import { frameOf, peek, type EventHead } from '../../models/peek.js';
import { redactText } from '../../models/redact.js';
import { parseSiteUrl } from '../../models/site-url.js';
import { merge } from '../merge.js';
import { after } from '../after.js';
import { createAlarm } from './alarm.js';
import { sessionKeyOf } from './session-key.js';
import type { Credential } from '../../models/credential.js';
import { authenticatesUpgrade, dial, probe } from './dial.js';
import { createHolders } from './holders.js';
import { createInbox } from './inbox.js';
import { isOffline, networkChanges } from './network.js';
import { durationOf, type GatewayOptions } from './options.js';
import { isFinal, retryDelayMs, toRejection } from './reconnect.js';
import { createRequests } from './requests.js';
import { advance, initialState, nextState, type MachineEffect, type MachineInput } from './machine.js';
import type { SocketEvent } from './socket.js';
import type { ConnectionFacts, ConnectionState, Diagnostic, Loss, Report, ConnectionSignal } from './state.js';
import { createVerdict } from './verdict.js';

/** The one socket that all streams share. It opens with the first user and closes some time after the last. */
export interface Gateway {
  /** See `Connection.state$`. */
  readonly state$: Observable<ConnectionState>;
  /** What the socket tells of the login. Hot, no replay; completes with the gateway; never errors. */
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
   * completes; for `custom_…`, which nobody answers, completes once it is sent. Errors with `ActionError` on FAIL, `TimeoutError`, `ClosedError`
   * when the socket ends before the reply, `ValidationError`, or with what the credential was rejected with. Unsubscribing before it is sent
   * cancels it; afterwards the reply is ignored.
   */
  request(action: string, data?: JsonObject): Observable<JsonObject>;
  /** Ends everything: streams complete, requests fail with `ClosedError`. */
  close(): void;
}

type StatusPart<S = ConnectionState> = S extends ConnectionFacts ? Omit<S, keyof ConnectionFacts> : never;
type Effect<T extends MachineEffect['type']> = Extract<MachineEffect, { type: T }>;

/** Makes a gateway. Nothing happens until it is held. Throws `ValidationError` for bad options. */
export function createGateway(options: GatewayOptions): Gateway {
  const url = `${parseSiteUrl(options.url).replace('http', 'ws')}/api/v4/websocket`;
  const { credentials, deliver, reconnect = {}, random = Math.random } = options;
  const scheduler = options.scheduler ?? asyncScheduler;
  const requestTimeoutMs = durationOf(options, 'requestTimeoutMs', 10_000);
  const times = {
    heartbeatMs: durationOf(options, 'heartbeatMs', 25_000),
    connectTimeoutMs: durationOf(options, 'connectTimeoutMs', 10_000),
    resetAfterMs: reconnect.resetAfterMs ?? 500,
  };
  const signals = new Subject<ConnectionSignal>();
  const losses = new Subject<Loss>();
  const diagnostics = new Subject<Diagnostic>();

  let session = initialState;
  const facts = (): ConnectionFacts => ({
    connectionId: session.connectionId,
    resumed: session.resuming && session.phase === 'ready',
    latencyMs,
    lastFrameAtMs,
  });
  let credential: Credential | undefined;
  let socket: Exclude<SocketEvent, string | { type: 'end' }> | undefined;
  let head: EventHead | undefined;
  let userId = '';
  let closed = false;
  let latencyMs: number | undefined;
  let lastFrameAtMs: number | undefined;
  let sinceMs: number | undefined;
  /** What is under way: asking for a credential, a socket, or a wait. */
  let attempt: Subscription | undefined;
  const verdict = createVerdict(() => probe(options, credential!, session.dialled, report));

  const now = (): number => scheduler.now();
  const redact = (text: unknown): string =>
    redactText(String(text), credential?.kind === 'bearer' ? [credential.token] : undefined);

  const counts = new Map<string, number>();
  const report: Report = (type, detail) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    diagnostics.next({ type, count, ...(detail && { detail }) });
  };

  let shown: ConnectionState = { status: 'idle', ...facts() };
  const states = new Subject<ConnectionState>();
  // The present state comes second, so that none is missed that it leads to.
  const state$ = merge(
    states,
    defer(() => [shown]),
  );
  const show = (part: StatusPart): void => states.next((shown = { ...part, ...facts() }));

  const inbox = createInbox(read, () => {
    report('frames-dropped');
    apply({ type: 'overrun' });
  });
  const post = (input: MachineInput): void => inbox.enter(() => apply(input));
  const alarm = createAlarm(scheduler, () => post({ type: 'tick' }));
  const holders = createHolders(options.idleCloseMs ?? 5_000, scheduler, () => inbox.enter(leave));
  const send = (text: string): boolean => {
    if (session.phase !== 'ready' || !socket) return false;
    socket.send(text);
    return true;
  };
  const requests = createRequests({ hold, send, redact }, requestTimeoutMs, scheduler);

  function apply(input: MachineInput): void {
    const [next, effects] = nextState(session, input, now(), times);
    session = next;
    alarm.set(closed ? Infinity : next.due);
    for (const effect of effects) if (!closed) perform(effect);
  }

  function perform(effect: MachineEffect): void {
    switch (effect.type) {
      case 'deliver':
        return deliver(head!, report);
      case 'ping':
        return ping();
      case 'probe': {
        const condemn = (): void => post({ type: 'condemned' });
        return attempt?.add(verdict.get().subscribe({ next: (renewed) => renewed && condemn(), error: condemn }));
      }
      case 'ready':
        return becomeReady(effect);
      case 'close':
        return socket ? socket.close(effect.code) : ended(1006);
      case 'abandon':
        return ended(1006);
      case 'refused':
        return signals.next({ ...effect, status: 401 });
      case 'retry':
        return holders.count > 0 ? wait(effect) : rest();
      case 'stopped':
        return holders.count > 0 ? connect() : rest();
      default:
        return report(effect.type, head?.event);
    }
  }

  function read(text: string): void {
    lastFrameAtMs = now();
    const frame = peek(text);
    if (!frame) return report('garbage-frame');
    if (frame.kind === 'reply') return onReply(frame.reply);
    head = frame;
    const { event, seq } = frame;
    if (event !== 'hello') return advance(session, seq) ? deliver(frame, report) : apply({ type: 'event', seq });
    const { data, broadcast } = frameOf(frame) ?? {};
    userId = broadcast?.user_id ?? '';
    apply({ type: 'hello', seq, connectionId: textOf(data?.['connection_id']) });
  }

  function onReply(reply: ReplyFrame): void {
    if (!requests.reply(reply)) report('unknown-reply');
    else if (isRefusal(reply)) apply({ type: 'refused', errorId: reply.error.id });
  }

  function ping(): void {
    const sentAt = now();
    const text = requests.prepare('ping', undefined, (reply) => {
      if (isRefusal(reply)) return;
      latencyMs = now() - sentAt;
      const { phase } = session;
      apply({ type: 'pong' });
      if (phase === 'ready') show({ status: 'ready' });
    });
    socket?.send(text);
  }

  function becomeReady({ loss, renewed }: Effect<'ready'>): void {
    requests.flush();
    show({ status: 'ready' });
    if (renewed) signals.next({ type: 'renewed' });
    const { connectionId, resumed } = facts();
    signals.next({ type: 'ready', connectionId, resumed, userId });
    if (loss) losses.next({ reason: loss, sinceMs, untilMs: now() });
  }

  /** Goes over to the next thing to wait for; what comes of the one before is not heard any more. */
  function begin<T>(
    source: Observable<T | string>,
    next: (value: T) => void,
    failed: (error: unknown) => void,
  ): Subscription {
    attempt?.unsubscribe();
    const mine = (attempt = new Subscription());
    // Somebody may have closed it on hearing of the state.
    if (closed) mine.unsubscribe();
    if (mine.closed) return mine;
    const enter = (task: () => void): void =>
      inbox.enter(() => {
        if (!mine.closed) task();
      });
    mine.add(
      source.subscribe({
        next: (value) => (typeof value === 'string' ? inbox.enter(value) : enter(() => next(value))),
        error: (error: unknown) => enter(() => failed(error)),
      }),
    );
    return mine;
  }

  function connect(): void {
    verdict.drop();
    if (shown.status !== 'connecting') show({ status: 'connecting' });
    begin(defer(() => credentials.credential()).pipe(take(1)), openSocket, (error) => {
      if (isFinal(error)) return reject(error);
      report('connect-failed', redact((error as Error | undefined)?.message));
      apply({ type: 'ended', code: 1006 });
    });
  }

  function openSocket(found: Credential): void {
    credential = found;
    sinceMs = lastFrameAtMs;
    const onUpgrade = authenticatesUpgrade(options, found);
    apply({ type: 'dial', key: sessionKeyOf(found), resumable: onUpgrade });
    const challenge = found.kind === 'bearer' && !onUpgrade ? { token: found.token } : undefined;
    const onEvent = (event: Exclude<SocketEvent, string>): void => {
      if (event.type === 'end') {
        if (!socket) report('connect-failed', redact(event.detail));
        return ended(event.code);
      }
      socket = event;
      show({ status: 'authenticating' });
      if (challenge) event.send(requests.prepare('authentication_challenge', challenge, () => undefined));
      apply({ type: 'opened' });
    };
    const opening = begin(dial(url, found, session, options), onEvent, reject);
    opening.add(merge(networkChanges(), options.doubts$).subscribe(() => post({ type: 'check' })));
  }

  function ended(code: number): void {
    attempt?.unsubscribe();
    socket = undefined;
    requests.fail(new ClosedError('the socket ended before the reply came'), false);
    apply({ type: 'ended', code });
  }

  function wait({ reason, abrupt, probe: asks }: Effect<'retry'>): void {
    const offline = isOffline();
    const failures = session.attempt;
    const delayMs = offline ? (reconnect.capMs ?? 30_000) : retryDelayMs(failures, abrupt, random(), reconnect);
    show(
      offline ? { status: 'offline' } : { status: 'waiting', attempt: failures, retryAtMs: now() + delayMs, reason },
    );
    const online$ = networkChanges().pipe(filter(() => !isOffline()));
    const delay$ = merge(after(delayMs, scheduler), online$).pipe(take(1));
    begin<unknown>(asks ? verdict.get().pipe(mergeMap(() => delay$)) : delay$, connect, reject);
  }

  function reject(cause: unknown): void {
    const error = toRejection(cause);
    show({ status: 'rejected', error });
    signals.next({ type: 'rejected', error });
    requests.fail(error, true);
  }

  /** Nobody has held the socket for some time. */
  function leave(): void {
    if (holders.count > 0) return;
    apply({ type: 'idle' });
    if (session.phase === 'down') rest();
  }

  function rest(): void {
    attempt?.unsubscribe();
    verdict.drop();
    if (shown.status !== 'idle') show({ status: 'idle' });
  }

  function hold(retry = true): () => void {
    if (closed) throw new ClosedError();
    const release = holders.take();
    const { status } = shown;
    if (status === 'idle' || (status === 'rejected' && (retry || holders.count === 1))) {
      // At once, so that a second holder does not connect as well.
      show({ status: 'connecting' });
      inbox.enter(connect);
    }
    return release;
  }

  return {
    state$,
    signals$: signals,
    losses$: losses,
    diagnostics$: diagnostics.asObservable(),
    hold,
    request: requests.request,
    open: () =>
      new Observable((subscriber) => {
        if (!closed) subscriber.add(hold());
        return state$
          .pipe(
            map((state) => {
              if (state.status === 'rejected') throw state.error;
              return state;
            }),
          )
          .subscribe(subscriber);
      }),
    close() {
      if (closed) return;
      closed = true;
      inbox.close();
      holders.stop();
      alarm.set(Infinity);
      attempt?.unsubscribe();
      verdict.drop();
      requests.fail(new ClosedError(), true);
      show({ status: 'closed' });
      for (const each of [states, signals, losses, diagnostics]) each.complete();
    },
  };
}

/** A dead session: protocol §5.5. */
function isRefusal(reply: ReplyFrame): reply is FailFrame {
  return reply.status === 'FAIL' && reply.error.status_code === 401;
}
