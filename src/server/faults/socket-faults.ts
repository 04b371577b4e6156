import type { SocketPort } from '../hub/connection.js';
import type { Socket } from '../socket/socket.js';
import type { FaultControls, SocketFilter } from './fault-controls.js';

/** A port that faults can affect. */
export interface FaultyPort extends SocketPort {
  /** Names the socket that uses the port. */
  serve(socket: Socket): void;
  /** The peer reads again. */
  drained(): void;
  /** The socket has ended. */
  gone(): void;
}

/** Faults of open sockets. */
export interface SocketFaults {
  readonly controls: Pick<FaultControls, 'drop' | 'stall' | 'unstall' | 'doubleHello'>;
  wrap(port: SocketPort): FaultyPort;
}

interface Entry {
  readonly port: SocketPort;
  socket?: Socket;
  stalled: boolean;
}

export function createSocketFaults(): SocketFaults {
  const open = new Set<Entry>();

  const matching = ({ userId }: SocketFilter = {}): Entry[] =>
    [...open].filter(({ socket }) => userId === undefined || socket?.userId === userId);

  return {
    wrap(port) {
      const entry: Entry = { port, stalled: false };
      open.add(entry);
      return {
        get writable() {
          return !entry.stalled && port.writable;
        },
        send: (text) => port.send(text),
        ping: () => port.ping(),
        close: (code) => port.close(code),
        terminate: () => port.terminate(),
        serve: (socket) => void (entry.socket = socket),
        drained() {
          if (!entry.stalled) entry.socket?.onDrain();
        },
        gone: () => void open.delete(entry),
      };
    },
    controls: {
      drop(which) {
        const hit = matching(which);
        for (const { port } of hit) port.terminate();
        return hit.length;
      },
      stall(which) {
        for (const entry of matching(which)) {
          entry.stalled = true;
          entry.socket?.onStall();
        }
      },
      unstall() {
        for (const entry of open) {
          if (!entry.stalled) continue;
          entry.stalled = false;
          entry.socket?.onDrain();
        }
      },
      doubleHello(which) {
        for (const { socket } of matching(which)) socket?.double();
      },
    },
  };
}
