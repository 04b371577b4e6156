import type { Observable } from 'rxjs';
import type { Session, Status, User } from '../models/generated/entities.js';
import type { RestOutcome } from '../models/rest-outcome.js';

/**
 * What the streams need of REST. Every method is cold: each subscription is one request, which emits once and completes, or errors with a
 * `MattermostError`; unsubscribing aborts it.
 */
export interface RestPort {
  /** Who is logged in: `GET users/me`. Errors with `UnauthorizedError` or `AuthenticationError` when the credential is dead. */
  me(): Observable<User>;
  /** Settings that the server shows to clients; all values are strings: `GET config/client?format=old`. */
  clientConfig(): Observable<Readonly<Record<string, string>>>;
  /** `POST users/{user_id}/typing`. */
  publishTyping(userId: string, channelId: string, rootId: string): Observable<unknown>;
  /** `POST users/status/ids`; unknown ids come back as `offline` (protocol §9.2). */
  statuses(userIds: readonly string[]): Observable<readonly Status[]>;
  /** `PUT users/{user_id}/status`. */
  setStatus(userId: string, status: string, dndEndTime?: number): Observable<Status>;
  /** `GET users/{user_id}/sessions`. */
  sessions(userId: string): Observable<readonly Session[]>;
  /** Outcome of every call that this client makes. Hot, shared, no replay; completes with the client; never errors. */
  readonly outcomes$: Observable<RestOutcome>;
}
