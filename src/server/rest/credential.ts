import { AppError, sessionExpired } from '../base/app-error.js';
import type { CoreRequest } from '../base/http.js';
import type { Guard } from '../generated/routes.js';
import type { SessionRow } from '../store/people.js';
import type { World } from '../world.js';

/** The credential of a request (protocol §5.2). */
export interface Credential {
  readonly place: 'cookie' | 'header' | 'query' | 'none';
  readonly token: string;
  readonly session: SessionRow | undefined;
}

export function cookiesOf(request: CoreRequest): Map<string, string> {
  const pairs = (request.headers['cookie'] ?? '').split(';').map((pair): [string, string] => {
    const [name = '', ...value] = pair.trim().split('=');
    return [name, value.join('=')];
  });
  return new Map(pairs);
}

/** The first of cookie, header and query that is present, even if it is invalid. */
function find(request: CoreRequest): Omit<Credential, 'session'> {
  const cookie = cookiesOf(request).get('MMAUTHTOKEN');
  if (cookie !== undefined) return { place: 'cookie', token: cookie };
  const header = /^(?:bearer|token) (\S.*)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (header !== undefined) return { place: 'header', token: header };
  const query = new URL(request.target, 'http://server').searchParams.get('access_token');
  return query ? { place: 'query', token: query } : { place: 'none', token: '' };
}

/** Finds the credential of a request and its session. Throws for a session token in the query: only OAuth tokens may be there. */
export function credentialOf(world: World, request: CoreRequest): Credential {
  const found = find(request);
  const session = world.sessions.ofToken(found.token);
  if (session && found.place === 'query' && !session.is_oauth)
    throw new AppError(401, 'api.context.token_provided.app_error', 'A session token does not belong in the URL.');
  return { ...found, session };
}

/** True for a personal token after these were disabled: REST refuses it, sockets still accept it (protocol §5.5). */
function isSwitchedOff({ config, store }: World, session: SessionRow): boolean {
  return (
    session.access_token_id !== undefined &&
    !config.flag('ServiceSettings.EnableUserAccessTokens') &&
    !store.bots.get(session.user_id)
  );
}

/** True if the CSRF token is missing, which every method but GET needs beside a cookie (protocol §5.2). */
function lacksCsrf({ config }: World, request: CoreRequest, session: SessionRow): boolean {
  if (request.method === 'GET' || request.headers['x-csrf-token'] === session.csrf) return false;
  const script = request.headers['x-requested-with'] === 'XMLHttpRequest';
  return !script || config.flag('ServiceSettings.ExperimentalStrictCSRFEnforcement');
}

/** Gives the session of a request; `undefined` if there is none and the route needs none. Throws the refusal of the server. */
export function admit(
  world: World,
  request: CoreRequest,
  guard: Guard,
  credential: Credential,
): SessionRow | undefined {
  let { session } = credential;
  if (session && isSwitchedOff(world, session)) session = undefined;
  const trusted = guard.endsWith('-trusted');
  if (session && credential.place === 'cookie' && !trusted && lacksCsrf(world, request, session)) session = undefined;
  if (!session && guard.startsWith('session')) throw sessionExpired();
  return session;
}

/** The three cookies of a login (protocol §5.1). */
export function loginCookies(world: World, request: CoreRequest, session: SessionRow): string[] {
  const seconds = Math.floor(world.sessions.lengthMs(false) / 1000);
  const secure = request.secure || request.headers['x-forwarded-proto'] === 'https';
  const path = subpathOf(world) || '/';
  const tail = `; Path=${path}; Max-Age=${seconds}${secure ? '; Secure' : ''}`;
  return [
    `MMAUTHTOKEN=${session.token}${tail}; HttpOnly`,
    `MMUSERID=${session.user_id}${tail}`,
    `MMCSRF=${session.csrf}${tail}`,
  ];
}

/** Deletes the session cookie. */
export const clearedCookie = (world: World): string =>
  `MMAUTHTOKEN=; Path=${subpathOf(world) || '/'}; Max-Age=0; HttpOnly`;

/** The path of `SiteURL` without its last slash: all routes are below it. */
export function subpathOf({ config }: World): string {
  const site = config.text('ServiceSettings.SiteURL');
  return site ? new URL(site).pathname.replace(/\/$/, '') : '';
}
