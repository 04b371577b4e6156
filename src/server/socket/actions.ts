import { AppError } from '../base/app-error.js';
import type { SessionRow } from '../store/people.js';
import type { World } from '../world.js';
import type { Connection } from '../hub/connection.js';
import type { EventData } from '../store/draft.js';

/** One action of an authenticated socket. */
export interface ActionContext {
  readonly world: World;
  readonly connection: Connection;
  readonly session: SessionRow;
  readonly data: EventData;
}

/** Gives the data of the reply. Throws an {@link AppError} to refuse. */
export type Action = (context: ActionContext) => EventData | undefined;

export const invalidParam = (name: string): AppError =>
  new AppError(400, 'api.websocket_handler.invalid_param.app_error', `The action has no valid ${name}.`);

export const notAuthenticated = (): AppError =>
  new AppError(401, 'api.web_socket_router.not_authenticated.app_error', 'The connection has no valid session.');

/** Quotes the token, as the server does (protocol §1.4). */
export const invalidToken = (token: string): AppError =>
  new AppError(401, 'api.context.invalid_token.error', `Invalid session token=${token}, err=no such session`);
