import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, so that its work is not counted as the client's. */
export interface Peer {
  readonly port: number;
  send(message: object): void;
  /** Sends, and waits for the answer. */
  ask(message: object): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts `bench/peers/<name>` and waits for the port that it reports. */
export async function startPeer(name: string): Promise<Peer> {
  const child: ChildProcess = fork(fileURLToPath(new URL(`../peers/${name}`, import.meta.url)), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return {
    port: message.port,
    send: (content) => child.send(content),
    ask: async (content) => {
      const answered = once(child, 'message');
      child.send(content);
      return ((await answered) as [unknown])[0];
    },
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
