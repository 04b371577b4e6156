import type { Dispatcher } from 'undici';
import { expectedBytes } from '../streams.js';
import type { HeaderReader, HttpProgress } from '../types.js';

/** An answer: its bytes, or an unread stream of them. */
export interface RawAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderReader;
  readonly body: Buffer<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Bytes of an unread answer that are held in memory before the server has to wait. */
const bufferedBytes = 65_536;

/**
 * Receives an answer from a dispatcher, without the Node streams that take half the time of `undici.request`. The callbacks are those of
 * `undici` 6 and 7, because the global dispatcher may be the one inside Node.
 */
export class ResponseReceiver implements Dispatcher.DispatchHandler {
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

  /** @param streamed whether a good answer is to be a stream. */
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
    // 1xx: the answer comes later.
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

/** Raw headers, decoded only when they are read, because few are. */
class RawHeaders implements HeaderReader {
  readonly #raw: readonly (Buffer | string)[];

  constructor(raw: readonly (Buffer | string)[]) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    const raw = this.#raw;
    let found: string | null = null;
    for (let at = 0; at < raw.length; at += 2) {
      // Stryker disable next-line ConditionalExpression: the length only saves decoding names that cannot match.
      if (raw[at]!.length !== name.length || latin1(raw[at]!).toLowerCase() !== name) continue;
      const value = latin1(raw[at + 1]!);
      found = found === null ? value : `${found}, ${value}`;
    }
    return found;
  }

  forEach(take: (value: string, name: string, parent: Headers) => void): void {
    const raw = this.#raw;
    for (let at = 0; at < raw.length; at += 2) {
      take(latin1(raw[at + 1]!), latin1(raw[at]!).toLowerCase(), this as unknown as Headers);
    }
  }
}

const latin1 = (value: Buffer | string): string => (typeof value === 'string' ? value : value.toString('latin1'));
