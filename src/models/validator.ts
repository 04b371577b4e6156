import type { MattermostEvent } from './events.js';

/** Checks what the server sends. `validator()` of `matterstream/validate` makes one. */
export interface Validator {
  /**
   * Checks the parsed answer of an operation.
   *
   * @throws ProtocolError to make the call fail.
   */
  answer(operation: string, value: unknown): void;
  /** Checks a decoded event: false keeps it from its listeners. `report` takes what is wrong with it. Must not throw. */
  event(event: MattermostEvent<string>, report: (problem: string) => void): boolean;
}
