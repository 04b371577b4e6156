import type { ClientOptions, WebSocket } from 'ws';
import type { SocketPlatform } from './websocket.js';

type WsClass = new (url: string, options: ClientOptions & { closeTimeout: number }) => WebSocket;

/** `ws` by way of `isomorphic-ws`, loaded when a socket is opened. The server never compresses (protocol §1.1), so that is not offered. */
export const platformSocket: SocketPlatform = {
  takesHeaders: true,
  async connect(url, headers, options) {
    const { default: Ws } = (await import('isomorphic-ws')) as { default: unknown } as { default: WsClass };
    const given = options as ClientOptions | undefined;
    return new Ws(url, {
      closeTimeout: 1_000,
      ...given,
      perMessageDeflate: false,
      headers: { ...given?.headers, ...headers },
    });
  },
};
