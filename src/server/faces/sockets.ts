import type { Line } from './line.js';

/** A server on real sockets. */
export interface SocketFace {
  /** Base address, such as `http://127.0.0.1:8065`. */
  readonly url: string;
  close(): Promise<void>;
}

export type Listen = (line: Line, options: { readonly port: number; readonly host: string }) => Promise<SocketFace>;

/** Platforms without server sockets have the memory face only. */
export const listen: Listen | undefined = undefined;
