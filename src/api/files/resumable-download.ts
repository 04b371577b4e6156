import { asyncScheduler, timer, type SchedulerLike, type Subscription } from 'rxjs';
import { backoffMs } from '../../models/backoff.js';
import { isApiError, isMattermostError, NetworkError, ProtocolError } from '../../models/errors.js';
import type { Call } from '../call.js';
import { expectedBytes } from '../http/streams.js';
import { isOutage } from './outage.js';
import type { ResumeOptions } from './resumable-upload.js';
import { Transfer } from './transfer.js';

/** What {@link resumableDownload} may be given. */
export interface ResumableDownloadOptions extends ResumeOptions {
  /** First byte that is wanted, from 0 on: the number of bytes that an earlier download saved. @default 0 */
  readonly start?: number;
  /** First byte that is not wanted any more. @default the end of the file */
  readonly end?: number;
  /** Headers of each request, in place of those of the call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time without a byte after which a connection is taken for dead, in milliseconds. @default 30_000 */
  readonly idleTimeoutMs?: number;
}

/**
 * A download: awaited or subscribed it gives a `Blob`, and `for await` its bytes as they come, no faster than they are taken and without holding
 * them in memory.
 */
export interface Download extends Transfer<Blob>, AsyncIterable<Uint8Array<ArrayBuffer>> {}

/**
 * Downloads a file, or a range of it, through broken connections: after each it asks for what is missing (`Range`, with the `If-Range` that
 * keeps two versions of a file from being mixed), and for no compression, which would hide where that is (protocol §8.3).
 *
 * @param call any operation that answers with bytes: `getFile`, `getFilePreview`, `downloadExport`, …; its options hold for each request.
 * @returns cold and unshared; emits the whole as a `Blob` once and completes; `progress()` tells of the bytes, of `totalBytes` where the server says;
 * unsubscribing, or leaving the loop, aborts the request under way. Errors as the call does once the failures in a row are too many, and at
 * once with what no repeat mends: 404, 416 (`ApiError`) if there is nothing from `start` on, `ProtocolError` if the file changed meanwhile.
 * @example
 * const blob = await resumableDownload(client.files.getFile(fileId));
 * await pipeline(resumableDownload(client.files.getFile(fileId)), createWriteStream('report.pdf'));
 */
export function resumableDownload(call: Call<Blob>, options: ResumableDownloadOptions = {}): Download {
  const transfer = new Transfer<Blob>((subscriber) => {
    const reader = new Reader(call, options);
    const parts: BlobPart[] = [];
    const collect = async (): Promise<void> => {
      let loadedBytes = 0;
      for await (const chunk of reader.chunks()) {
        parts.push(chunk);
        loadedBytes += chunk.length;
        const { totalBytes } = reader;
        subscriber.next({ type: 'download', loadedBytes, ...(totalBytes !== undefined && { totalBytes }) });
      }
      subscriber.next({ type: 'done', value: new Blob(parts, { type: reader.type }) });
      subscriber.complete();
    };
    collect().catch((error: unknown) => subscriber.error(error));
    return () => reader.stop();
  });
  const iterate = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = new Reader(call, options);
    try {
      yield* reader.chunks();
    } finally {
      reader.stop();
    }
  };
  return Object.assign(transfer, { [Symbol.asyncIterator]: iterate });
}

/** Reads one download. */
class Reader {
  /** Content type. */
  type = '';
  /** Bytes that the download will have; `undefined` if the server does not say. */
  totalBytes: number | undefined;
  #position: number;
  readonly #start: number;
  #modified: string | null = null;
  readonly #random: () => number;
  readonly #scheduler: SchedulerLike;
  /** What is under way: a request, a wait or an answer. Who stops it leaves a promise that never settles. */
  #underway: Pick<Subscription, 'unsubscribe'> | undefined;
  #stopped = false;

  constructor(
    private readonly call: Call<Blob>,
    private readonly options: ResumableDownloadOptions,
  ) {
    this.#start = options.start ?? 0;
    this.#position = this.#start;
    this.#random = options.random ?? Math.random;
    this.#scheduler = options.scheduler ?? asyncScheduler;
  }

  stop(): void {
    this.#stopped = true;
    this.#underway?.unsubscribe();
  }

  async *chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { maxRetries = 10, end } = this.options;
    for (let failures = 0; this.#position < (end ?? Infinity);) {
      try {
        const body = await this.#open();
        if (!body) return;
        for (;;) {
          const chunk = await this.#next(body);
          if (!chunk) return;
          if (chunk.length === 0) continue;
          failures = 0;
          this.#position += chunk.length;
          yield chunk;
        }
      } catch (error) {
        const why = isMattermostError(error) ? error : new NetworkError('the download broke off', { cause: error });
        if (!isOutage(why) || ++failures > maxRetries) throw why;
        await this.#wait(backoffMs(failures, this.#random(), this.options));
      }
    }
  }

  /** Asks for what is missing; `undefined` if that is nothing. */
  async #open(): Promise<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined> {
    const { end } = this.options;
    const position = this.#position;
    const isPart = position > 0 || end !== undefined;
    const headers = {
      ...this.options.headers,
      'accept-encoding': 'identity',
      ...(isPart && { range: `bytes=${position}-${end === undefined ? '' : end - 1}` }),
      ...(isPart && this.#modified && { 'if-range': this.#modified }),
    };
    let response: Response;
    try {
      response = await this.#request(headers);
    } catch (error) {
      // All of a file whose length was not known.
      if (isApiError(error) && error.status === 416 && position > this.#start) return undefined;
      throw error;
    }
    const stream = response.body ?? new Blob().stream();
    const reader = stream.getReader();
    this.#underway = { unsubscribe: () => void reader.cancel().catch(() => undefined) };
    this.#note(response, isPart);
    return reader;
  }

  /** What the head of an answer says. */
  #note({ status, headers }: Response, isPart: boolean): void {
    const start = this.#start;
    const done = this.#position - start;
    if (isPart && status === 200)
      throw broken(done > 0 ? 'the file has changed meanwhile' : 'the server gives no ranges');
    // Other origins may see the length of an answer, but not where it begins.
    const [, first, size] = /^bytes (\d+)-\d+\/(\d+)/.exec(headers.get('content-range') ?? '') ?? [];
    if (first !== undefined && Number(first) !== start + done)
      throw broken(`it goes on at byte ${first}, not ${start + done}`);
    this.type = headers.get('content-type') ?? '';
    this.#modified = headers.get('last-modified');
    if (!isPart) this.totalBytes = expectedBytes(headers);
    else if (size !== undefined) this.totalBytes = Math.min(this.options.end ?? Infinity, Number(size)) - start;
    else if (!headers.get('content-encoding')) {
      const length = headers.get('content-length');
      if (length !== null) this.totalBytes = done + Number(length);
    }
  }

  /** The next bytes; `undefined` after the last ones. */
  async #next(
    body: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const silence = { tooLong: false };
    const watch = timer(this.options.idleTimeoutMs ?? 30_000, this.#scheduler).subscribe(() => {
      silence.tooLong = true;
      body.cancel().catch(() => undefined);
    });
    const { done, value } = await body.read().finally(() => watch.unsubscribe());
    if (this.#stopped) return new Promise<never>(() => undefined);
    if (!done) return value;
    const { totalBytes = 0 } = this;
    // A stream that was given up ends like one that is whole.
    if (silence.tooLong || this.#position < this.#start + totalBytes)
      throw new NetworkError(`the download broke off after ${this.#position} bytes`);
    return undefined;
  }

  #request(headers: Readonly<Record<string, string>>): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return;
      this.#underway = this.call.with({ headers }).raw().subscribe({ next: resolve, error: reject });
    });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stopped) return;
      this.#underway = timer(ms, this.#scheduler).subscribe(() => resolve());
    });
  }
}

const broken = (problem: string): ProtocolError => new ProtocolError(`resumableDownload: ${problem}`);
