import type { WebSocketClass, WebSocketLike } from './socket.js';

/** How the platform opens a socket. */
export interface SocketPlatform {
  /** The upgrade can carry a token. */
  readonly takesHeaders: boolean;
  /** Opens a socket. `options` are the platform's own, such as `agent`. */
  connect(url: string, headers: Record<string, string>, options?: object): WebSocketLike | Promise<WebSocketLike>;
}

/** The platform's `WebSocket`, looked up when a socket is opened. Its upgrade carries cookies, and nothing that scripts could add. */
export const platformSocket: SocketPlatform = {
  takesHeaders: false,
  connect(url) {
    const { WebSocket } = globalThis as { WebSocket?: WebSocketClass };
    if (!WebSocket) throw new Error('this platform has no WebSocket: give one as an option');
    return new WebSocket(url);
  },
};
