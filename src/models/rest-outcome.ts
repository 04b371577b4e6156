/** The outcome of one REST call, by which the streams see what the call did to sessions. Contains secrets: never log or keep it. */
export interface RestOutcome {
  /** Operation of the API, such as `revokeSession`. */
  readonly operation: string;
  /** Path parameters in the order of the route. */
  readonly path: readonly string[];
  /** Body as the caller gave it, if any. May contain secrets. */
  readonly body: unknown;
  /** HTTP status of the last answer, or 0 if there was none that could be read. */
  readonly status: number;
  /** Id of the server's error, which may be that of a refused login; empty if there is none. */
  readonly errorId: string;
  /** Parsed answer of a success, if one was read. May contain secrets. */
  readonly answer?: unknown;
}
