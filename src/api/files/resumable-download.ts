import {
  asyncScheduler,
  catchError,
  concatMap,
  defer,
  filter,
  map,
  repeat,
  Subscription,
  take,
  timeout,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { isApiError, isMattermostError, NetworkError, ProtocolError } from '../../models/errors.js';
import type { Call } from '../call.js';
import { expectedBytes } from '../http/streams.js';
import { resume, type ResumeOptions } from './resume.js';
import { Transfer } from './transfer.js';

/** Options of {@link resumableDownload}. */
export interface ResumableDownloadOptions extends ResumeOptions {
  /** First byte to download, from 0 on: the number of bytes that an earlier download saved. @default 0 */
  readonly start?: number;
  /** First byte not to download. @default the end of the file */
  readonly end?: number;
  /** Headers of each request; they replace those of the call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time without a byte after which a connection counts as dead, in milliseconds. @default 30_000 */
  readonly idleTimeoutMs?: number;
}

/**
 * A download. Awaited or subscribed to, it gives a `Blob`; `for await` gives its bytes as they arrive, no faster than they are taken and
 * without holding them in memory.
 */
export interface Download extends Transfer<Blob>, AsyncIterable<Uint8Array<ArrayBuffer>> {}

/**
 * Downloads a file, or a range of it, across broken connections: after each it asks for the missing bytes (`Range`, with an `If-Range` so
 * that two versions of a file are never mixed), uncompressed, because positions in compressed bytes are unknown (protocol §8.3).
 *
 * @param call any operation that answers with bytes: `getFile`, `getFilePreview`, `downloadExport`, …; its options apply to each request.
 * @returns cold and unshared; emits the whole as a `Blob` once and completes; `progress()` reports the bytes, with `totalBytes` if the server gives it;
 * unsubscribing, or leaving the loop, aborts the request under way. Errors as the call does after too many failures in a row, and at
 * once after an error that is not transient: 404, 416 (`ApiError`) if there is nothing from `start` on, `ProtocolError` if the file changed meanwhile.
 * @example
 * const blob = await resumableDownload(client.files.getFile(fileId));
 * await pipeline(resumableDownload(client.files.getFile(fileId)), createWriteStream('report.pdf'));
 */
export function resumableDownload(call: Call<Blob>, options: ResumableDownloadOptions = {}): Download {
  const transfer = new Transfer<Blob>((subscriber) => {
    const reader = new DownloadReader(call, options);
    const chunks: BlobPart[] = [];
    const collect = async (): Promise<void> => {
      let loadedBytes = 0;
      for await (const chunk of reader.chunks()) {
        chunks.push(chunk);
        loadedBytes += chunk.length;
        const { totalBytes } = reader;
        subscriber.next({ type: 'download', loadedBytes, ...(totalBytes !== undefined && { totalBytes }) });
      }
      subscriber.next({ type: 'done', value: new Blob(chunks, { type: reader.type }) });
      subscriber.complete();
    };
    collect().catch((error: unknown) => subscriber.error(error));
    return () => reader.stop();
  });
  const iterate = async function* (): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = new DownloadReader(call, options);
    try {
      yield* reader.chunks();
    } finally {
      reader.stop();
    }
  };
  return Object.assign(transfer, { [Symbol.asyncIterator]: iterate });
}

type Bytes = Uint8Array<ArrayBuffer>;
type BodyReader = ReadableStreamDefaultReader<Bytes>;

/** Reads one download. After `stop` no promise settles, so that nothing more is asked for. */
class DownloadReader {
  /** Content type. */
  type = '';
  /** Bytes that the download will have; `undefined` if the server does not say. */
  totalBytes: number | undefined;
  #position: number;
  readonly #start: number;
  #modified: string | null = null;
  /** The answer that is being read. */
  #body: BodyReader | undefined;
  /** The request, read or wait that is under way. */
  readonly #underway = new Subscription();

  constructor(
    private readonly call: Call<Blob>,
    private readonly options: ResumableDownloadOptions,
  ) {
    this.#start = options.start ?? 0;
    this.#position = this.#start;
  }

  stop(): void {
    this.#underway.unsubscribe();
    this.#drop();
  }

  async *chunks(): AsyncGenerator<Bytes> {
    const next$ = defer(() => this.#next()).pipe(
      catchError((error: unknown) => {
        this.#drop();
        throw isMattermostError(error) ? error : new NetworkError('the download broke off', { cause: error });
      }),
      resume(this.options),
    );
    for (;;) {
      const chunk = await this.#take(next$);
      if (!chunk) return;
      yield chunk;
    }
  }

  /** The next bytes; `undefined` after the last ones. */
  #next(): ObservableInput<Bytes | undefined> {
    if (this.#body) return this.#read(this.#body);
    if (this.#position >= (this.options.end ?? Infinity)) return [undefined];
    return this.#open().pipe(concatMap((body) => (body ? this.#read(body) : [undefined])));
  }

  /** Asks for what is missing; `undefined` if that is nothing. */
  #open(): Observable<BodyReader | undefined> {
    const { end } = this.options;
    const position = this.#position;
    const isRange = position > 0 || end !== undefined;
    const headers = {
      ...this.options.headers,
      'accept-encoding': 'identity',
      ...(isRange && { range: `bytes=${position}-${end === undefined ? '' : end - 1}` }),
      ...(isRange && this.#modified && { 'if-range': this.#modified }),
    };
    const call = this.call.with({ headers });
    return call.raw().pipe(
      catchError((error: unknown) => {
        // The length was not known, and all bytes are here.
        if (isApiError(error) && error.status === 416 && position > this.#start) return [undefined];
        throw error as Error;
      }),
      map((response) => {
        if (!response) return undefined;
        this.#body = (response.body ?? new Blob().stream()).getReader();
        this.#readHead(response, isRange);
        return this.#body;
      }),
    );
  }

  #readHead({ status, headers }: Response, isRange: boolean): void {
    const start = this.#start;
    const done = this.#position - start;
    if (isRange && status === 200)
      throw broken(done > 0 ? 'the file has changed meanwhile' : 'the server gives no ranges');
    // Other origins may see the length of an answer, but not where it begins.
    const [, first, size] = headers.get('content-range')?.match(/bytes (\d+)-\d+\/(\d+)/) ?? [];
    if (first !== undefined && Number(first) !== start + done)
      throw broken(`the answer begins at byte ${first}, not ${start + done}`);
    this.type = headers.get('content-type') ?? '';
    this.#modified = headers.get('last-modified');
    if (!isRange) this.totalBytes = expectedBytes(headers);
    else if (size !== undefined) this.totalBytes = Math.min(this.options.end ?? Infinity, Number(size)) - start;
    else if (!headers.get('content-encoding')) {
      const length = headers.get('content-length');
      if (length !== null) this.totalBytes = done + Number(length);
    }
  }

  /** The next bytes of an answer; `undefined` after the last ones. */
  #read(body: BodyReader): Observable<Bytes | undefined> {
    const { idleTimeoutMs = 30_000, scheduler = asyncScheduler } = this.options;
    return defer(() => body.read()).pipe(
      timeout({
        first: idleTimeoutMs,
        scheduler,
        with: () => {
          throw this.#brokenOff();
        },
      }),
      // Empty chunks are no progress.
      repeat(),
      filter(({ done, value }) => done || value.length > 0),
      take(1),
      map(({ done, value }) => {
        if (!done) {
          this.#position += value.length;
          return value;
        }
        // A stream that was cancelled ends like a complete one.
        if (this.#position < this.#start + (this.totalBytes ?? 0)) throw this.#brokenOff();
        return undefined;
      }),
    );
  }

  #brokenOff(): NetworkError {
    return new NetworkError(`the download broke off after ${this.#position} bytes`);
  }

  #drop(): void {
    this.#body?.cancel().catch(() => undefined);
    this.#body = undefined;
  }

  #take<T>(source: Observable<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#underway.closed) return;
      this.#underway.add(source.subscribe({ next: resolve, error: reject }));
    });
  }
}

const broken = (problem: string): ProtocolError => new ProtocolError(`resumableDownload: ${problem}`);
