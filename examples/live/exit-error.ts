/** Ends the program with a message for the person at the terminal: 2 when the command line is at fault, else 1. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
