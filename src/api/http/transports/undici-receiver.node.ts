import type { Dispatcher } from 'undici';
import { expectedBytes } from '../streams.js';
import type { HeaderReader, HttpProgress } from '../types.js';

/** An answer: its bytes, or a stream of them that is yet to be read. */
export interface RawAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderReader;
  readonly body: Buffer<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What of an unread answer waits in memory before the server has to. */
const bufferedBytes = 65_536;

/**
 * Takes an answer from a dispatcher, without the streams of Node that cost `request` of `undici` half its time. These callbacks are those
 * of `undici` 6 and 7, since the global dispatcher may be one that Node brought along.
 */
export class Receiver implements Dispatcher.DispatchHandler {
  readonly #streamed: boolean;
  readonly #progress: ((progress: HttpProgress) => void) | undefined;
  readonly #resolve: (answer: RawAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer<ArrayBuffer>[] = [];
  #status = 0;
  #statusText = '';
  #headers: HeaderReader | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #loadedBytes = 0;
  #aborted = false;
  #abort: (() => void) | undefined;

  /** @param streamed whether a good answer is wanted as a stream. */
  constructor(
    streamed: boolean,
    progress: ((progress: HttpProgress) => void) | undefined,
    resolve: (answer: RawAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.#streamed = streamed;
    this.#progress = progress;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  abort(): void {
    this.#aborted = true;
    this.#abort?.();
  }

  onConnect(abort: () => void): void {
    this.#abort = abort;
    if (this.#aborted) abort();
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, statusText: string): boolean {
    // 1xx: the answer is yet to come.
    if (status < 200) return true;
    this.#status = status;
    this.#statusText = statusText;
    this.#headers = new RawHeaders(rawHeaders);
    if (this.#streamed && status < 300) {
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          start: (controller) => void (this.#controller = controller),
          pull: resume,
          cancel: () => this.abort(),
        },
        { highWaterMark: bufferedBytes, size: ({ byteLength }) => byteLength },
      );
      this.#answer(body);
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    const controller = this.#controller;
    if (controller) {
      controller.enqueue(chunk);
      return controller.desiredSize! > 0;
    }
    this.#chunks.push(chunk as Buffer<ArrayBuffer>);
    if (this.#progress) {
      const totalBytes = expectedBytes(this.#headers!);
      const loadedBytes = (this.#loadedBytes += chunk.length);
      this.#progress({ type: 'download', loadedBytes, ...(totalBytes !== undefined && { totalBytes }) });
    }
    return true;
  }

  onComplete(): void {
    const chunks = this.#chunks;
    if (this.#controller) this.#controller.close();
    else this.#answer(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
  }

  onError(error: Error): void {
    this.#controller?.error(error);
    this.#reject(error);
  }

  #answer(body: RawAnswer['body']): void {
    this.#resolve({ status: this.#status, statusText: this.#statusText, headers: this.#headers!, body });
  }
}

/** Headers as they came, name by name. Few are ever asked for, so none are made ready. */
class RawHeaders implements HeaderReader {
  readonly #raw: readonly (Buffer | string)[];

  constructor(raw: readonly (Buffer | string)[]) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    const raw = this.#raw;
    let found: string | null = null;
    for (let at = 0; at < raw.length; at += 2) {
      if (raw[at]!.length !== name.length || textOf(raw[at]!).toLowerCase() !== name) continue;
      const value = textOf(raw[at + 1]!);
      found = found === null ? value : `${found}, ${value}`;
    }
    return found;
  }

  forEach(take: (value: string, name: string, parent: Headers) => void): void {
    const raw = this.#raw;
    for (let at = 0; at < raw.length; at += 2) {
      take(textOf(raw[at + 1]!), textOf(raw[at]!).toLowerCase(), this as unknown as Headers);
    }
  }
}

const textOf = (value: Buffer | string): string => (typeof value === 'string' ? value : value.toString('latin1'));
