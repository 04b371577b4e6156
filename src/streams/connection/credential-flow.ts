import { catchError, defer, map, mergeMap, of, ReplaySubject, share, Subject, take, takeUntil } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Credential } from '../../models/credential.js';
import type { MattermostError } from '../../models/errors.js';
import { redactText } from '../../models/redact.js';
import type { Login } from './machine-state.js';
import type { GatewayOptions } from './options.js';
import { isFinal, toRejection } from './rejection.js';
import { sessionKeyOf } from './session-key.js';
import type { Report } from './state.js';

/** What REST says of the login of a socket: nothing against it, that there is another by now, or that it is dead and there is no other. */
export type Verdict =
  { readonly kind: 'good' | 'renewed' } | { readonly kind: 'dead'; readonly error: MattermostError };

/** Where the gateway gets its credentials, and learns which are dead. */
export interface CredentialFlow {
  /** What to open a socket with. Cold; emits one and completes; errors as `CredentialSource.credential` does. */
  login(): Observable<Login>;
  /**
   * Asks REST about the login of a socket that is silent or refused. The answer is shared and replayed until `forget`, so that REST is asked
   * once, also if the socket ends meanwhile. Emits one and completes; never errors; unsubscribing lets the question go on.
   */
  verify(login: Login): Observable<Verdict>;
  /** Forgets the answer, or gives up the question: it completes for those who wait, without an answer. */
  forget(): void;
  /** Takes secrets out of the words of a server or platform: those that are known as such, and the present credential. */
  redact(text: unknown): string;
}

type FlowOptions = Pick<GatewayOptions, 'probe' | 'credentials'>;

/** Makes a credential flow. Nothing is asked until it is subscribed. */
export function createCredentialFlow(options: FlowOptions, report: Report): CredentialFlow {
  const forgotten = new Subject<void>();
  let verdict$: Observable<Verdict> | undefined;
  let present: Credential | undefined;
  return {
    login: () =>
      defer(() => options.credentials.credential()).pipe(
        take(1),
        map((credential) => ({ credential: (present = credential), sessionKey: sessionKeyOf(credential) })),
      ),
    verify: (login) =>
      (verdict$ ??= judge(options, login, report).pipe(
        takeUntil(forgotten),
        share({
          connector: () => new ReplaySubject(1),
          resetOnComplete: false,
          resetOnRefCountZero: false,
        }),
      )),
    forget() {
      verdict$ = undefined;
      forgotten.next();
    },
    redact: (text) => redactText(String(text), present?.kind === 'bearer' ? [present.token] : undefined),
  };
}

/** Asks REST who is logged in, and the source of credentials whether there is another. A login that REST cannot be asked about is good. */
function judge(
  { probe, credentials }: FlowOptions,
  { credential, sessionKey }: Login,
  report: Report,
): Observable<Verdict> {
  return defer(probe).pipe(
    take(1),
    map(() => undefined),
    catchError((error: unknown) => {
      if (isFinal(error)) return of(error);
      throw error;
    }),
    mergeMap((refusal) =>
      (refusal ? credentials.renew(credential) : credentials.credential()).pipe(
        take(1),
        map((found): Verdict => {
          if (sessionKeyOf(found) !== sessionKey) return { kind: 'renewed' };
          return refusal ? { kind: 'dead', error: toRejection(refusal) } : { kind: 'good' };
        }),
      ),
    ),
    catchError((error: unknown) => {
      if (isFinal(error)) return of<Verdict>({ kind: 'dead', error: toRejection(error) });
      report('probe-failed');
      return of<Verdict>({ kind: 'good' });
    }),
  );
}
