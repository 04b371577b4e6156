import { Observable } from 'rxjs';

/** The part of the platform's `WebSocket` that is used. `ws` and every browser have it. */
export interface WebSocketLike {
  readonly readyState: number;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Ends the socket without a handshake, where the platform can. */
  terminate?(): void;
}

/** A class of sockets. */
export interface WebSocketClass {
  new (url: string, protocols?: string | string[], options?: { headers?: Record<string, string> }): WebSocketLike;
  /**
   * True if the third argument of the constructor may hold `headers` for the upgrade. Only then can a token go there, and a cut
   * connection be resumed (protocol §1.2).
   */
  readonly takesHeaders?: boolean;
}

/** What happens on one socket: it opens, then brings texts (empty if one was bytes); `end` is the last, and may be the only event. */
export type SocketEvent =
  | string
  | { readonly type: 'open'; send(text: string): void; close(code: number): void }
  | {
      readonly type: 'end';
      /** Code of the close frame, 1005 if that had none, 1006 if there was no frame. */
      readonly code: number;
      /** What the platform says about it; may be empty. */
      readonly detail: string;
    };

/**
 * One socket as a stream. Cold: a subscription opens a socket; completes after `end`, also when it could not be opened; never errors.
 * Unsubscribing closes the socket, and does not wait for the server.
 */
export function socketEvents(connect: () => WebSocketLike | Promise<WebSocketLike>): Observable<SocketEvent> {
  return new Observable((subscriber) => {
    let socket: WebSocketLike | undefined;
    let detail = '';
    const end = (code: number): void => {
      subscriber.next({ type: 'end', code, detail });
      subscriber.complete();
    };
    const fail = (error: unknown): void => {
      detail = (error as Error | undefined)?.message ?? '';
      end(1006);
    };
    const attach = (opened: WebSocketLike): void => {
      socket = opened;
      if (subscriber.closed) return discard(opened);
      opened.onopen = () =>
        subscriber.next({
          type: 'open',
          send: (text) => opened.send(text),
          close: (code) => opened.close(code),
        });
      opened.onmessage = ({ data }: { data: unknown }) => subscriber.next(typeof data === 'string' ? data : '');
      opened.onerror = ({ message }: { message?: unknown }) => {
        if (typeof message === 'string') detail = message;
      };
      opened.onclose = ({ code }: { code?: number }) => end(code ?? 1006);
    };
    try {
      const connecting = connect();
      if ('then' in connecting) connecting.then(attach, fail);
      else attach(connecting);
    } catch (error) {
      fail(error);
    }
    return () => {
      if (socket) discard(socket);
    };
  });
}

/** Lets go of a socket. It keeps a handler of errors: to close one that is still connecting is an error, which `ws` throws if nothing handles it. */
function discard(socket: WebSocketLike): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.onerror = () => undefined;
  if (socket.readyState > 2) return;
  if (socket.readyState === 2) socket.terminate?.();
  else socket.close(1000);
}
