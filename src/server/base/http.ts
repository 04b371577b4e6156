/** A request without its transport. Header names are in lower case. */
export interface CoreRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /**
   * The connection ended within the body, so that nobody receives an answer. The server notices it this many milliseconds later.
   */
  readonly cutOff?: { readonly noticedAfterMs: number } | undefined;
  /** Address of the peer. */
  readonly address: string;
  /** Whether TLS carries it. */
  readonly secure: boolean;
}

/** An answer without its transport. */
export interface CoreResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | string;
  /** The connection ends after this many bytes of the body, though `Content-Length` announced more. */
  readonly cutAfter?: number;
}

/** The result of a handler; the core adds the headers that every answer has. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array | string;
  /** Content type; none with 304. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}
