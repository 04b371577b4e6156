/** Tells the classes of errors apart, also across bundles and realms, where `instanceof` does not. */
export type MattermostErrorCode =
  'api' | 'network' | 'timeout' | 'authentication' | 'protocol' | 'validation' | 'action' | 'closed';

/** Base of every error that this library raises. */
export abstract class MattermostError extends Error {
  abstract readonly code: MattermostErrorCode;
}

/** What is known about the request behind an {@link ApiError}. Contains no secrets. */
export interface ApiErrorDetails {
  /** HTTP status code. */
  readonly status: number;
  /** The server's id of the error, such as `api.context.permissions.app_error`; empty if the answer had none. */
  readonly id: string;
  /** The server's text for people, in the language of the `Accept-Language` header. */
  readonly message: string;
  /** Id under which the server's log has this request. */
  readonly requestId?: string | undefined;
  readonly method: string;
  /** Address of the request, its secrets replaced. */
  readonly url: string;
  /** Operation of the API, such as `getUser`. */
  readonly operation?: string | undefined;
  /** Only servers in developer mode fill it, and all on unknown routes. */
  readonly detailedError?: string | undefined;
  /** Time until another request makes sense, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** The server answered with a status of 400 or above. Protocol §6.1, §6.2. */
export class ApiError extends MattermostError {
  override readonly name: string = 'ApiError';
  override readonly code = 'api';
  declare readonly status: number;
  declare readonly id: string;
  /** The server's message alone; {@link Error.message} names the request as well. */
  readonly serverMessage: string;
  declare readonly requestId: string | undefined;
  declare readonly method: string;
  declare readonly url: string;
  declare readonly operation: string | undefined;
  declare readonly detailedError: string | undefined;
  /** Time until another request makes sense, in milliseconds, if the answer says: 429, and 503 of some proxies. */
  declare readonly retryAfterMs: number | undefined;

  constructor({ message, ...details }: ApiErrorDetails) {
    const { method, url, status, id } = details;
    super(`${method} ${url}: ${status} ${id && `${id}: `}${message}`);
    this.serverMessage = message;
    Object.assign(this, details);
  }
}

/** 400: the server refused what was sent. */
export class BadRequestError extends ApiError {
  override readonly name = 'BadRequestError';
}

/** 401: no session, a dead one, or another refusal for which the server uses 401; `id` says which. */
export class UnauthorizedError extends ApiError {
  override readonly name = 'UnauthorizedError';
}

/** 403: the session lacks a permission, or must set up MFA first. */
export class ForbiddenError extends ApiError {
  override readonly name = 'ForbiddenError';
}

/** 404: no such object. */
export class NotFoundError extends ApiError {
  override readonly name: string = 'NotFoundError';
}

/**
 * 404 for the route itself: this server is too old or too new for the operation, or the plugin that provides it is not active. An id with
 * characters that no id has leads to this error as well. `client.supports()` tells before a call. Protocol §6.1.
 */
export class UnsupportedOperationError extends NotFoundError {
  override readonly name = 'UnsupportedOperationError';

  /** @param reason why the server may lack it, for the message. */
  constructor(details: ApiErrorDetails, reason: string) {
    super(details);
    this.message += `; ${reason}`;
  }
}

/** 413: the body or the file is larger than the server accepts. */
export class PayloadTooLargeError extends ApiError {
  override readonly name = 'PayloadTooLargeError';
}

/** 5xx other than 501. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

/** The feature is switched off or needs a licence: 501, or another status with an id that says so. Protocol §6.2. */
export class FeatureDisabledError extends ApiError {
  override readonly name = 'FeatureDisabledError';
}

/** 429: too many requests; `retryAfterMs` says when the next one is accepted. Protocol §6.3. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
}

/** No answer came: the connection was refused, reset or lost, or the name not resolved. The outcome of the request is unknown. */
export class NetworkError extends MattermostError {
  override readonly name = 'NetworkError';
  override readonly code = 'network';
}

/** A deadline of this client passed. */
export class TimeoutError extends MattermostError {
  override readonly name = 'TimeoutError';
  override readonly code = 'timeout';
  /** The deadline, in milliseconds. */
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number, options?: ErrorOptions) {
    super(message, options);
    this.timeoutMs = timeoutMs;
  }
}

/** There is no valid credential, and no way to get one: a refused login, a revoked token, an MFA code that nobody gives. */
export class AuthenticationError extends MattermostError {
  override readonly name = 'AuthenticationError';
  override readonly code = 'authentication';
  /** Id of the server's error, or an empty string. */
  readonly id: string;

  constructor(message: string, options?: ErrorOptions & { readonly id?: string | undefined }) {
    super(message, options);
    this.id = options?.id ?? '';
  }
}

/** An answer or a frame that is not from a Mattermost server: HTML of a wrong base URL, truncated JSON, garbage. */
export class ProtocolError extends MattermostError {
  override readonly name: string = 'ProtocolError';
  override readonly code = 'protocol';
}

/** An argument or option is not what it must be. Nothing was sent. */
export class ValidationError extends MattermostError {
  override readonly name = 'ValidationError';
  override readonly code = 'validation';
  /** The argument, such as `getUser: user_id`. */
  readonly argument: string;

  /** @param problem says what the argument must be, such as `must be a 26-character id`. */
  constructor(argument: string, problem: string) {
    super(`${argument}: ${problem}`);
    this.argument = argument;
  }
}

/** A WebSocket action was answered FAIL. Protocol §3.2. */
export class ActionError extends MattermostError {
  override readonly name = 'ActionError';
  override readonly code = 'action';
  readonly action: string;
  readonly id: string;
  readonly status: number;

  constructor(action: string, error: { readonly id: string; readonly message: string; readonly status: number }) {
    super(`${action}: ${error.status} ${error.id}: ${error.message}`);
    this.action = action;
    this.id = error.id;
    this.status = error.status;
  }
}

/** The client is closed, or the socket was closed before the reply to an action came. */
export class ClosedError extends MattermostError {
  override readonly name = 'ClosedError';
  override readonly code = 'closed';

  constructor(message = 'the client is closed') {
    super(message);
  }
}

const codes: ReadonlySet<unknown> = new Set<MattermostErrorCode>([
  'api',
  'network',
  'timeout',
  'authentication',
  'protocol',
  'validation',
  'action',
  'closed',
]);

/** True for every error of this library, also of another copy of it. */
export function isMattermostError(error: unknown): error is MattermostError {
  return error instanceof Error && codes.has((error as { code?: unknown }).code) && error.name.endsWith('Error');
}

/** True for an answer of the server with a status of 400 or above, also of another copy of this library. */
export function isApiError(error: unknown): error is ApiError {
  return isMattermostError(error) && error.code === 'api';
}
