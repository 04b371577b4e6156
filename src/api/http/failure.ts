import {
  ApiError,
  BadRequestError,
  FeatureDisabledError,
  ForbiddenError,
  isMattermostError,
  NetworkError,
  NotFoundError,
  PayloadTooLargeError,
  ProtocolError,
  RateLimitError,
  ServerError,
  UnauthorizedError,
  UnsupportedOperationError,
  type ApiErrorDetails,
  type MattermostError,
} from '../../models/errors.js';
import { redactText, redactUrl } from '../../models/redact.js';
import type { Operation } from '../operation.js';
import { readRate } from './rate-headers.js';
import type { HttpRequest, HttpResponse } from './types.js';

const byStatus: Readonly<Record<number, new (details: ApiErrorDetails) => ApiError>> = {
  400: BadRequestError,
  401: UnauthorizedError,
  403: ForbiddenError,
  404: NotFoundError,
  413: PayloadTooLargeError,
  429: RateLimitError,
  501: FeatureDisabledError,
};

/** Says that a licence is missing or a setting is off, whatever the status: protocol §6.2. */
export const isDisabledId = (id: string): boolean =>
  /licen[cs]e|not_available|disabled|not_enabled|turn_off|needs_enterprise|upgrade_needed|featureflag/.test(id);

/** Says that the route is not there, rather than what was looked for: protocol §6.1. */
export const unknownRouteId = 'api.context.404.app_error';

/** The plugin whose operation it is. Below `/api/v4`, the routes with that beginning are those of the plugins group. */
export const pluginOf = ({ root, path }: Operation): string | undefined =>
  root ? /^\/plugins\/([^/]+)/.exec(path)?.[1] : undefined;

/** Why a server lacks an operation, as far as its facts tell. */
function reasonOfLack(operation: Operation): string {
  const { since, until } = operation;
  if (pluginOf(operation)) return 'the plugin lacks it, or is not active';
  if (since) return `it came with server ${since}`;
  return until && until !== '0'
    ? `server ${until} was the last to have it`
    : 'the server lacks it, or an id is malformed';
}

/** Where an error happened, for its message. */
export const describe = ({ method, url, operation }: HttpRequest): string =>
  `${operation.id}: ${method} ${redactUrl(url)}`;

/** The error that an answer stands for, or `undefined` for a good one. */
export function toFailure(request: HttpRequest, response: HttpResponse): MattermostError | undefined {
  const { status, headers, body } = response;
  if (status >= 400) return toApiError(request, response, body as string, status);
  if (status === 304 || (status >= 200 && status < 300)) return undefined;
  // Transports follow the redirects that keep a request what it is. Status 0 is one that a browser hides.
  const target = redactUrl(headers.get('location') ?? 'elsewhere');
  return new ProtocolError(`${describe(request)}: redirected to ${target}; is the url that of the server itself?`);
}

/**
 * The error of the family for an answer of status 400 or above, whatever its body is: JSON, text, HTML or nothing (protocol §6.1); or for an
 * error within an answer that had begun well.
 */
export function toApiError(request: HttpRequest, { headers }: HttpResponse, text: string, status: number): ApiError {
  let body: Readonly<Record<string, unknown>>;
  try {
    body = (JSON.parse(text) ?? {}) as typeof body;
  } catch {
    // The text of a 429, the page of a proxy, or nothing.
    const title = /<title>([^<]*)/i.exec(text)?.[1] ?? 'a web page';
    body = { message: (text.trimStart().startsWith('<') ? title : text).trim().slice(0, 200) };
  }
  const secrets = secretsOf(request);
  const field = (name: string): string => {
    const value = body[name];
    return typeof value === 'string' ? redactText(value, secrets) : '';
  };
  const id = field('id');
  // Plugins have a form of their own.
  const said = field('message') || field('error');
  const details: ApiErrorDetails = {
    status,
    id,
    message: said,
    requestId: headers.get('x-request-id') ?? undefined,
    method: request.method,
    url: redactUrl(request.url),
    operation: request.operation.id,
    detailedError: field('detailed_error') || undefined,
    retryAfterMs: status === 429 || headers.get('retry-after') ? readRate(headers).retryAfterMs : undefined,
  };
  // A plugin that is not active has the page of the Go library.
  if (id === unknownRouteId || (pluginOf(request.operation) && said === '404 page not found')) {
    return new UnsupportedOperationError(details, reasonOfLack(request.operation));
  }
  const Kind = isDisabledId(id) ? FeatureDisabledError : (byStatus[status] ?? (status < 500 ? ApiError : ServerError));
  return new Kind(details);
}

/** The error for a request that got no answer. */
export function toNetworkError(request: HttpRequest, cause: unknown): MattermostError {
  if (isMattermostError(cause)) return cause;
  let said = '';
  for (let at = cause as Partial<Error & { code: string }> | undefined; at; at = at.cause as typeof at) {
    said += `: ${at.message || at.code || at.name || 'unknown cause'}`;
  }
  const text = redactText(said, secretsOf(request));
  // A cause that quotes the request would carry a secret further.
  return new NetworkError(`${describe(request)}: no answer${text}`, text === said ? { cause } : undefined);
}

/** What of a request nobody may see again: its credential, and what its body calls a password, token, secret or code. */
function secretsOf({ headers, body }: HttpRequest): string[] {
  const found = ['authorization', 'x-csrf-token', 'cookie'].map((name) => headers[name]?.replace(/^\w+ /, '') ?? '');
  for (const [, text = '""'] of (typeof body === 'string' ? body : '').matchAll(
    /"\w*(?:password|token|secret|code)\w*":("(?:\\.|[^"\\])*")/gi,
  )) {
    // As it is, and as it stands in the body.
    found.push(JSON.parse(text) as string, text.slice(1, -1));
  }
  return found;
}
