import type { MattermostEvent } from './events.js';

/** Checks what the server sends. `validator()` of `matterstream/validate` makes one. */
export interface Validator {
  /**
   * Takes the parsed answer of an operation.
   *
   * @throws ProtocolError to make the call fail.
   */
  answer(operation: string, value: unknown): void;
  /** Takes a decoded event, and tells whether it is to be delivered. `report` is told what is wrong with it. Must not throw. */
  event(event: MattermostEvent<string>, report: (problem: string) => void): boolean;
}
