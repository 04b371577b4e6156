import { type Client, type User, UnauthorizedError, createClient } from 'matterstream';
import {
  type Observable,
  EMPTY,
  catchError,
  defer,
  exhaustMap,
  finalize,
  fromEvent,
  repeat,
  switchMap,
  take,
  throwError,
} from 'rxjs';
import { element, messageOf } from './dom.js';
import { enterRoom } from './room.js';

const form = element('login', HTMLFormElement);
const problem = element('login-error', HTMLElement);

/** Shows the form until a login has succeeded; emits the user. */
function logIn(client: Client): Observable<User> {
  return defer(() => {
    form.hidden = false;
    return fromEvent(form, 'submit');
  }).pipe(
    exhaustMap((submit) => {
      submit.preventDefault();
      const { login_id, password } = Object.fromEntries(new FormData(form)) as Record<string, string>;
      problem.hidden = true;
      return client.users.login({ login_id, password }).pipe(
        catchError((error: unknown) => {
          problem.textContent = messageOf(error);
          problem.hidden = false;
          return EMPTY;
        }),
      );
    }),
    take(1),
    finalize(() => {
      form.reset();
      form.hidden = true;
    }),
  );
}

/** From the login to its end. A page of the server's own site needs no token: the browser sends the session cookie. */
const visit$ = defer(() => {
  const client = createClient({ url: location.origin, auth: { cookie: true }, heartbeatMs: 3_000, pollMs: 5_000 });
  return client.users.getUser('me').pipe(
    catchError((error: unknown) => (error instanceof UnauthorizedError ? logIn(client) : throwError(() => error))),
    switchMap((me) => enterRoom(client, me)),
    finalize(() => client.close()),
  );
});

visit$.pipe(repeat()).subscribe({
  error: (error: unknown) => {
    problem.textContent = `${messageOf(error)} Reload the page to try again.`;
    problem.hidden = form.hidden = false;
  },
});
