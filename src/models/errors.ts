/** The literal that tells the members of the error family apart; it survives bundling and realms. */
export type MattermostErrorCode =
  'api' | 'network' | 'timeout' | 'authentication' | 'protocol' | 'validation' | 'action' | 'closed';

/** Base of every error that this library raises. Catch it to catch them all. */
export abstract class MattermostError extends Error {
  abstract readonly code: MattermostErrorCode;
}

/** What is known about the request behind an {@link ApiError}. None of it contains a secret. */
export interface ApiErrorDetails {
  /** HTTP status code. */
  readonly status: number;
  /** Stable machine key of the server, such as `api.context.permissions.app_error`; empty if the answer had none. */
  readonly id: string;
  /** Text for people, in the language of the `Accept-Language` header. */
  readonly message: string;
  /** Id under which the server's log has this request. */
  readonly requestId?: string | undefined;
  readonly method: string;
  /** Address of the request, its secrets replaced. */
  readonly url: string;
  /** Operation of the API, such as `getUser`. */
  readonly operation?: string | undefined;
  /** Only filled by servers in developer mode, and on unknown routes. */
  readonly detailedError?: string | undefined;
  /** Milliseconds until another request makes sense. */
  readonly retryAfterMs?: number | undefined;
}

/** The server answered with a status of 400 or above. Protocol §6.1, §6.2. */
export class ApiError extends MattermostError {
  override readonly name: string = 'ApiError';
  override readonly code = 'api';
  declare readonly status: number;
  declare readonly id: string;
  /** The server's own words, without the request that {@link Error.message} names. */
  readonly serverMessage: string;
  declare readonly requestId: string | undefined;
  declare readonly method: string;
  declare readonly url: string;
  declare readonly operation: string | undefined;
  declare readonly detailedError: string | undefined;
  /** Milliseconds until another request makes sense, where the answer says: 429, and 503 of some proxies. */
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

/** 401: no session, a dead one, or a refusal that the server words as 401; `id` tells which. */
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
 * 404 for the route itself: this server is too old or too new for the operation, or the plugin that brings it is not active. An id of wrong
 * characters fits no route either. `client.supports()` tells beforehand. Protocol §6.1.
 */
export class UnsupportedOperationError extends NotFoundError {
  override readonly name = 'UnsupportedOperationError';

  /** @param reason why the server may lack it, for the message. */
  constructor(details: ApiErrorDetails, reason: string) {
    super(details);
    this.message += `; ${reason}`;
  }
}

/** 413: the body or the file is larger than the server takes. */
export class PayloadTooLargeError extends ApiError {
  override readonly name = 'PayloadTooLargeError';
}

/** 5xx other than 501. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

/** The feature is switched off or needs a licence: 501, and other statuses with an id that says so. Protocol §6.2. */
export class FeatureDisabledError extends ApiError {
  override readonly name = 'FeatureDisabledError';
}

/** 429: too many requests; `retryAfterMs` says when one more fits. Protocol §6.3. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
}

/** No answer came: refused, reset, unresolved, cut. The outcome of the request is unknown. */
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

/** There is no valid credential, and no way to get one: a refused login, a revoked token, MFA that nobody answers. */
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

/** An answer or a frame that is no Mattermost: HTML of a wrong base URL, truncated JSON, garbage. */
export class ProtocolError extends MattermostError {
  override readonly name: string = 'ProtocolError';
  override readonly code = 'protocol';
}

/** An argument or option was refused here, before anything was sent. */
export class ValidationError extends MattermostError {
  override readonly name = 'ValidationError';
  override readonly code = 'validation';
  /** The argument at fault, such as `getUser: user_id`. */
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

/** The client, or the socket that a reply was awaited on, is closed. */
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
