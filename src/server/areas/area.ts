import type { Handler } from '../rest/context.js';
import type { Action } from '../socket/actions.js';

/** One area of the server: its operations by id, its socket actions by name. */
export interface Area {
  readonly handlers?: Readonly<Record<string, Handler>>;
  readonly actions?: Readonly<Record<string, Action>>;
}
