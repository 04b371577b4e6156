/** An error of the server (protocol §6.1). Handlers throw it; the core and the socket encode it. */
export class AppError extends Error {
  constructor(
    readonly status: number,
    readonly id: string,
    message: string = id,
    /** Empty except for unknown routes (protocol §6.1). */
    readonly detail = '',
  ) {
    super(message);
    this.name = 'AppError';
  }
}

export const invalidBody = (name: string): AppError =>
  new AppError(400, 'api.context.invalid_body_param.app_error', `The request body has no valid ${name}.`);

export const invalidUrl = (name: string): AppError =>
  new AppError(400, 'api.context.invalid_url_param.app_error', `The URL has no valid ${name}.`);

export const forbidden = (): AppError =>
  new AppError(403, 'api.context.permissions.app_error', 'This account is not permitted to do that.');

export const sessionExpired = (): AppError =>
  new AppError(401, 'api.context.session_expired.app_error', 'There is no valid session: log in again.');

export const noSuchUser = (): AppError => new AppError(404, 'app.user.missing_account.const', 'There is no such user.');

export const serverBusy = (): AppError =>
  new AppError(503, 'api.context.server_busy.app_error', 'The server is busy and answers essential requests only.');

export const unknownRoute = (path: string): AppError =>
  new AppError(404, 'api.context.404.app_error', 'There is no such page.', `No API route matches the url='${path}'.`);

/** Thrown where a real server's handler crashes: the connection ends without an answer (protocol §6.1). */
export class Panic extends Error {}
