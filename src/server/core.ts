import type { Area } from './areas/area.js';
import { AppError, Panic, serverBusy, unknownRoute } from './base/app-error.js';
import { admit, clearedCookie, credentialOf, subpathOf } from './rest/credential.js';
import type { Credential } from './rest/credential.js';
import { Context } from './rest/context.js';
import type { Handler } from './rest/context.js';
import { createCors } from './rest/cors.js';
import type { Action } from './socket/actions.js';
import type { SocketPort } from './hub/connection.js';
import { rootRoutes } from './generated/routes.js';
import { refuse } from './rest/refuse.js';
import { refuseUpgrade } from './rest/refuse-upgrade.js';
import { Socket } from './socket/socket.js';
import type { Answer, CoreRequest, CoreResponse } from './base/http.js';
import { recordedHandler } from './rest/recorded-handler.js';
import { createRouter } from './rest/router.js';
import type { Match, Router } from './rest/router.js';
import { createRateLimiter } from './rest/rate-limit.js';
import type { RateLimiter } from './rest/rate-limit.js';
import type { SessionRow } from './store/people.js';
import { versionText } from './base/version.js';
import type { World } from './world.js';

/** Limits of protocol §6.7. */
const maxUrl = 2_048;
const apiPrefix = '/api/v4';
/** Operations whose body may be as large as a file. */
const takesFiles = /[uU]pload|Image|Emoji|Import|Plugin|Icon|Certificate/;

/** Actions that 5.37 does not know (protocol §3.2). */
const modernActions = new Set(['posted_notify_ack']);

/** Serves an accepted upgrade on the given port. */
export type Accept = (port: SocketPort) => Socket;

/** The server without any I/O: takes requests and upgrades, gives answers and sockets. */
export class Core {
  private readonly route: Router;
  private readonly rootRoute: Router;
  private readonly handlers: Readonly<Record<string, Handler>>;
  private readonly actions: Readonly<Record<string, Action>>;
  private readonly meter: RateLimiter;
  private readonly cors: ReturnType<typeof createCors>;

  constructor(
    readonly world: World,
    areas: readonly Area[],
  ) {
    this.route = createRouter(world.version);
    this.rootRoute = createRouter(world.version, rootRoutes);
    this.meter = createRateLimiter(world);
    this.cors = createCors(world);
    this.handlers = Object.assign({}, ...areas.map(({ handlers }) => handlers)) as Record<string, Handler>;
    const actions = Object.assign({}, ...areas.map(({ actions }) => actions)) as Record<string, Action>;
    this.actions = Object.fromEntries(
      Object.entries(actions).filter(([name]) => world.modern || !modernActions.has(name)),
    );
  }

  /** Answers a request synchronously. Throws `Panic` if the connection must end without an answer; any other error is a bug here. */
  handle(request: CoreRequest): CoreResponse {
    const metered = this.meter(request, this.pathOf(request) ?? '');
    if ('refusal' in metered) return metered.refusal;
    const answer = this.cors.preflight(request) ?? this.answer(request);
    return { ...answer, headers: { ...answer.headers, ...this.cors.headers(request), ...metered.headers } };
  }

  /** Gives a refusal over HTTP, or a function that serves the socket. */
  connect(request: CoreRequest): CoreResponse | Accept {
    const { world } = this;
    if (!/^\/api\/v4\/websocket\/?$/.test(this.pathOf(request) ?? '')) return this.handle(request);
    const metered = this.meter(request, this.pathOf(request) ?? '');
    if ('refusal' in metered) return metered.refusal;
    const refusal = this.checkOrigin(request);
    if (refusal) return refusal;
    let session: SessionRow | undefined;
    try {
      ({ session } = credentialOf(world, request));
    } catch (error) {
      if (error instanceof AppError) return refuse(error);
      throw error;
    }
    const query = new URL(request.target, 'http://server').searchParams;
    return (port) => new Socket(world, this.actions, port, { query, session });
  }

  /** The path below the path of `SiteURL`; `undefined` if it is outside of that. */
  private pathOf({ target }: CoreRequest): string | undefined {
    const site = subpathOf(this.world);
    const [path = ''] = target.split('?');
    return path.startsWith(`${site}/`) || path === site ? path.slice(site.length) || '/' : undefined;
  }

  private answer(request: CoreRequest): CoreResponse {
    const { world } = this;
    if (world.modern && request.target.length > maxUrl)
      return refuse(new AppError(414, 'basic_security_check.url.too_long_error', 'The URL is too long.'));
    const path = this.pathOf(request);
    // A request outside of the site's sub-path is redirected into it.
    if (path === undefined) return { status: 302, headers: { Location: subpathOf(world) + request.target }, body: '' };
    if (path.includes('//')) return { status: 301, headers: { Location: path.replace(/\/{2,}/g, '/') }, body: '' };
    if (!/^\/api(\/|$)/.test(path)) return this.besideApi(request, path);
    if (!path.startsWith(`${apiPrefix}/`))
      return this.finish(request, () => {
        throw unknownRoute(path);
      });
    const match = this.route(request.method, path.slice(apiPrefix.length));
    if (!match) return refuse(unknownRoute(path), world.modern ? 'application/json' : 'text/plain');
    return this.finish(request, (credential) => this.run(request, match, credential));
  }

  private besideApi(request: CoreRequest, path: string): CoreResponse {
    const match = this.rootRoute(request.method, path);
    const handler = match && this.handlers[match.id];
    if (handler)
      return this.finish(request, ({ session }) => handler(new Context(this.world, request, match.params, session)));
    const known = this.rootRoute('GET', path);
    return known && this.handlers[known.id] ? { status: 405, headers: {}, body: '' } : outsideApi(path);
  }

  private run(request: CoreRequest, match: Match, credential: Credential): Answer {
    const { world } = this;
    // Most operations do nothing with an incomplete body.
    if (request.cutOff && match.id !== 'uploadData') throw new Panic();
    const session = admit(world, request, match.guard, credential);
    if (match.guard === 'session-busy' && world.isBusy()) throw serverBusy();
    const handler = this.handlers[match.id] ?? recordedHandler(match.id, world.version);
    if (!this.isTooLarge(request, match)) return handler(new Context(world, request, match.params, session));
    // 5.37, and a login on 11.6, stop reading at the limit and fail to parse what they have.
    if (world.modern && match.id !== 'login')
      throw new AppError(413, 'api.context.request_body_too_large.app_error', 'The request body is too large.');
    return handler(new Context(world, { ...request, body: new Uint8Array() }, match.params, session));
  }

  private isTooLarge({ body }: CoreRequest, { id }: Match): boolean {
    const { config, modern } = this.world;
    const most = modern
      ? config.number('ServiceSettings.MaximumPayloadSizeBytes') + 512
      : config.number('FileSettings.MaxFileSize');
    return body.length > most && !takesFiles.test(id);
  }

  /** Runs a handler and adds the headers that every answer of the API has (protocol §6.5). */
  private finish(request: CoreRequest, answer: (credential: Credential) => Answer): CoreResponse {
    const { world } = this;
    const requestId = world.chance.id();
    const headers: Record<string, string | readonly string[]> = {
      'X-Request-ID': requestId,
      'X-Version-ID': versionText(world.version, world.config.hash()),
      Vary: 'Accept-Encoding',
      ...(request.method === 'GET' ? { Expires: '0' } : {}),
    };
    if (world.modern) {
      headers['X-Content-Type-Options'] = 'nosniff';
      headers['Referrer-Policy'] = 'no-referrer';
      headers['Permissions-Policy'] = '';
    }
    let credential: Credential | undefined;
    try {
      credential = credentialOf(world, request);
      const made = answer(credential);
      return {
        status: made.status,
        headers: { ...headers, ...(made.type ? { 'Content-Type': made.type } : {}), ...made.headers },
        body: made.body,
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // An invalid token clears the session cookie; 5.37 keeps it if only the CSRF token was missing.
      const lostCsrf = credential?.place === 'cookie' && credential.session !== undefined;
      if (
        error.status === 401 &&
        error.id.includes('session_expired') &&
        credential?.token &&
        (world.modern || !lostCsrf)
      )
        headers['Set-Cookie'] = [clearedCookie(world)];
      const hardened = world.config.flag('ServiceSettings.ExperimentalEnableHardenedMode') && error.status >= 500;
      const shown = hardened ? new AppError(500, '', 'Internal server error.') : error;
      const { status, headers: type, body } = refuse(shown, 'application/json', requestId);
      return { status, headers: { ...headers, ...type }, body };
    }
  }

  /** Only pages of the site itself or of `AllowCorsFrom` may open a socket from a browser (protocol §1.1). */
  private checkOrigin(request: CoreRequest): CoreResponse | undefined {
    const { origin } = request.headers;
    if (origin === undefined) return undefined;
    const { config } = this.world;
    const site = config.text('ServiceSettings.SiteURL');
    const allowed = config.text('ServiceSettings.AllowCorsFrom').split(' ').filter(Boolean);
    const own = site ? new URL(site).origin : undefined;
    const sameHost = origin !== 'null' && URL.canParse(origin) && new URL(origin).host === request.headers['host'];
    if (allowed.includes('*') || allowed.includes(origin) || origin === own || (!allowed.length && !own && sameHost))
      return undefined;
    return refuseUpgrade(this.world, 403, 'Forbidden');
  }
}

/** Outside of `/api` the server answers 200 with the web app, whatever the path (protocol §6.1). */
function outsideApi(path: string): CoreResponse {
  if (path.startsWith('/plugins/'))
    return { status: 404, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
  const body =
    '<!doctype html><html lang="en"><head><title>Mattermost</title></head><body><div id="root"></div></body></html>';
  return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body };
}
