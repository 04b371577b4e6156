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

/** Whether the id of an error means that a licence is missing or a setting is off, whatever the status: protocol §6.2. */
export const isDisabledId = (id: string): boolean =>
  /licen[cs]e|not_available|disabled|not_enabled|turn_off|needs_enterprise|upgrade_needed|featureflag/.test(id);

/** Id of the error for a missing route, as opposed to a missing object: protocol §6.1. */
export const unknownRouteId = 'api.context.404.app_error';

/** Id of the plugin that brings an operation. Below `/api/v4`, routes that begin with `/plugins` belong to the server itself. */
export const pluginOf = ({ root, path }: Operation): string | undefined =>
  root ? /^\/plugins\/([^/]+)/.exec(path)?.[1] : undefined;

/** Why a server may lack an operation. */
function reasonOfLack(operation: Operation): string {
  const { since, until } = operation;
  if (pluginOf(operation)) return 'the plugin lacks it, or is not active';
  if (since) return `it came with server ${since}`;
  return until && until !== '0'
    ? `server ${until} was the last to have it`
    : 'the server lacks it, or an id is malformed';
}

/** Names the request in the message of an error. */
export const describe = ({ method, url, operation }: HttpRequest): string =>
  `${operation.id}: ${method} ${redactUrl(url)}`;

/** The error for an answer, or `undefined` for a good answer. */
export function toFailure(request: HttpRequest, response: HttpResponse): MattermostError | undefined {
  const { status, headers, body } = response;
  if (status >= 400) return toApiError(request, response, body as string, status);
  if (status === 304 || (status >= 200 && status < 300)) return undefined;
  // Transports follow redirects of GET and HEAD. Status 0 is a redirect that a browser hides.
  const target = redactUrl(headers.get('location') ?? 'elsewhere');
  return new ProtocolError(`${describe(request)}: redirected to ${target}; url must be that of the server itself`);
}

/**
 * The error for an answer of status 400 or above, whose body may be JSON, text, HTML or empty (protocol §6.1); or for an error at the end of
 * an answer that began with status 200.
 */
export function toApiError(request: HttpRequest, { headers }: HttpResponse, text: string, status: number): ApiError {
  let body: Readonly<Record<string, unknown>>;
  try {
    body = (JSON.parse(text) ?? {}) as typeof body;
  } catch {
    // The text of a 429, the web page of a proxy, or an empty body.
    const title = /<title>([^<]*)/i.exec(text)?.[1] ?? 'a web page';
    body = { message: (text.trimStart().startsWith('<') ? title : text).trim().slice(0, 200) };
  }
  const secrets = secretsOf(request);
  const field = (name: string): string => {
    const value = body[name];
    return typeof value === 'string' ? redactText(value, secrets) : '';
  };
  const id = field('id');
  // Plugins name the message `error`.
  const message = field('message') || field('error');
  const details: ApiErrorDetails = {
    status,
    id,
    message,
    requestId: headers.get('x-request-id') ?? undefined,
    method: request.method,
    url: redactUrl(request.url),
    operation: request.operation.id,
    detailedError: field('detailed_error') || undefined,
    retryAfterMs: status === 429 || headers.get('retry-after') ? readRate(headers).retryAfterMs : undefined,
  };
  // For a plugin that is not active, Go's HTTP library answers.
  if (id === unknownRouteId || (pluginOf(request.operation) && message === '404 page not found')) {
    return new UnsupportedOperationError(details, reasonOfLack(request.operation));
  }
  const Kind = isDisabledId(id) ? FeatureDisabledError : (byStatus[status] ?? (status < 500 ? ApiError : ServerError));
  return new Kind(details);
}

/** The error for a request that got no answer. */
export function toNetworkError(request: HttpRequest, cause: unknown): MattermostError {
  if (isMattermostError(cause)) return cause;
  let chain = '';
  for (let at = cause as Partial<Error & { code: string }> | undefined; at; at = at.cause as typeof at) {
    chain += `: ${at.message || at.code || at.name || 'unknown cause'}`;
  }
  const text = redactText(chain, secretsOf(request));
  // A cause that quotes a secret of the request must not be passed on.
  return new NetworkError(`${describe(request)}: no answer${text}`, text === chain ? { cause } : undefined);
}

/** What must not appear in an error: the credential of a request, and what its body names a password, token, secret or code. */
function secretsOf({ headers, body }: HttpRequest): string[] {
  const found = ['authorization', 'x-csrf-token', 'cookie'].map((name) => headers[name]?.replace(/^\w+ /, '') ?? '');
  for (const [, text = '""'] of (typeof body === 'string' ? body : '').matchAll(
    /"\w*(?:password|token|secret|code)\w*":("(?:\\.|[^"\\])*")/gi,
  )) {
    // Decoded, and as it is escaped in the body.
    found.push(JSON.parse(text) as string, text.slice(1, -1));
  }
  return found;
}
