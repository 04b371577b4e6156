import { WebSocket } from 'ws';

/** The socket class of a client on Node, and the actions that went out over all of its sockets. */
export function watchedSocket() {
  const actions: string[] = [];
  class Watched extends WebSocket {
    static readonly takesHeaders = true;

    override send(text: string): void {
      actions.push((JSON.parse(text) as { readonly action: string }).action);
      super.send(text);
    }
  }
  return {
    actions,
    /** Pings so far: each is one beat of the heart. */
    pings: () => actions.filter((action) => action === 'ping').length,
    WebSocket: Watched,
  };
}
