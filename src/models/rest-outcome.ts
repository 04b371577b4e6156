/** The outcome of one REST call; the streams learn from it what the call did to a login. Holds secrets: never log or keep it. */
export interface RestOutcome {
  /** Operation of the API, such as `revokeSession`. */
  readonly operation: string;
  /** Path parameters in the order of the route. */
  readonly path: readonly string[];
  /** Body as the caller gave it, if any. May hold secrets. */
  readonly body: unknown;
  /** HTTP status of the last answer, or 0 if none came that could be read. */
  readonly status: number;
  /** Id of the server's error, that of a refused login included; or an empty string. */
  readonly errorId: string;
  /** Parsed answer of a success, where one was read. May hold secrets. */
  readonly answer?: unknown;
}
