import { asyncScheduler, timer, type Observable, type SchedulerLike, type Subscriber } from 'rxjs';
import { backoffMs, type BackoffOptions } from '../../models/backoff.js';
import { isApiError, NotFoundError, ProtocolError, ValidationError } from '../../models/errors.js';
import type { FileInfo, UploadSession } from '../../models/generated/entities.js';
import type { CallOptions } from '../call-options.js';
import type { BinaryInput, Call } from '../call.js';
import { openChunks, type ChunkReader } from './chunks.js';
import { isOutage } from './outage.js';
import { nameOf, openSource, type FileSource } from './source.js';
import { Transfer, type TransferEvent } from './transfer.js';

/** The operations that {@link resumableUpload} is made of; `client.files` has them. */
export interface ResumableUploadCalls {
  createUpload(body: {
    readonly type?: 'import';
    readonly channel_id?: string;
    readonly filename: string;
    readonly file_size: number;
  }): Call<UploadSession>;
  getUpload(uploadId: string): Call<UploadSession>;
  uploadData(uploadId: string, body: BinaryInput): Call<FileInfo | undefined>;
}

/** How a transfer goes on after its connection broke. */
export interface ResumeOptions extends BackoffOptions {
  /** Failures in a row, without a byte of progress between them, that are endured; `Infinity` never gives up. @default 10 */
  readonly maxRetries?: number;
  /** Source of the jitter, from 0 up to 1. @default Math.random */
  readonly random?: () => number;
  /** Clock of the waits. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** What {@link resumableUpload} needs to know. */
export interface ResumableUploadOptions extends ResumeOptions {
  /** Channel whose posts may have the file. Needed for all but imports. */
  readonly channelId?: string;
  /** Name of the file. @default that of the `File` or of the path */
  readonly filename?: string;
  /** Length of the source, in bytes. Needed for a stream. @default that of the source */
  readonly sizeBytes?: number;
  /** `import` for a bundle that an import job reads: admins alone. @default 'attachment' */
  readonly type?: 'attachment' | 'import';
  /**
   * Bytes of one request. Each has 300 s. The first has 5 MiB at least, as the server throws away less. @default 8 MiB
   */
  readonly chunkBytes?: number;
  /** An upload that was begun before, by its id: what the server has of it is not sent again. @default a new one */
  readonly uploadId?: string;
  /** Told of the upload that was begun, for `uploadId` of a later try. */
  readonly onSession?: (session: UploadSession) => void;
  /** Options of each request, such as `timeoutMs`, `headers` and `signal`. */
  readonly call?: CallOptions;
}

/** Less is thrown away as a first part, unless it is the whole: protocol §8.2. */
const minFirstBytes = 5_242_880;
const concurrent = 'app.upload.upload_data.concurrent.app_error';
/** After which time a server gives up a connection that went silent: protocol §6.7, with some to spare. */
const lockMs = 330_000;
/** Refusals that mean that bytes were lost on the way, or that more have arrived than was thought: the server is asked. */
const doubtful =
  /^(app\.upload\.upload_data\.first_part_too_small\.app_error|api\.upload\.upload_data\.invalid_content_length)$/;

/**
 * Uploads a file in parts that survive a broken connection: `POST /api/v4/uploads`, then its data. After whatever leaves in doubt what
 * has arrived, the server is asked for its offset, and only when it writes no more: it appends what it is sent at an offset of its own, so that
 * bytes sent from another would spoil the file (protocol §8.2).
 *
 * If the answer to the last part is lost, the file is stored but nobody knows its id: a source that can be read again is then uploaded anew, and a
 * stream is an error.
 *
 * @param files the group of operations, `client.files` or `new FilesApi(rest)`.
 * @param source a `File` or other `Blob`, bytes, a stream of them, or on Node a path. Of a stream one part at a time is held in memory.
 * @returns cold and unshared; emits the file's description once and completes; `progress()` tells of the bytes. Unsubscribing aborts the request under
 * way; the server keeps what it has for `uploadId`. Errors as calls do once the failures in a row are too many, and at once with what no repeat
 * mends: 413 (`PayloadTooLargeError`), 403, a `ValidationError` for a stream without `sizeBytes`.
 * @example
 * resumableUpload(client.files, file, { channelId }).progress().subscribe((event) => {
 *   if (event.type === 'done') attach(event.value.id);
 *   else show(event.loadedBytes / event.totalBytes!);
 * });
 */
export function resumableUpload(
  files: ResumableUploadCalls,
  source: FileSource,
  options: ResumableUploadOptions,
): Transfer<FileInfo> {
  return new Transfer((subscriber) => {
    new Upload(files, source, options, subscriber).run().then(
      (file) => {
        subscriber.next({ type: 'done', value: file });
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

/** One upload, for one subscriber. Promises of what is unsubscribed never settle, so that nothing goes on behind its back. */
class Upload {
  /** Failures since a byte got through. */
  #failures = 0;
  #offset = 0;
  #size = 0;
  #told = 0;
  readonly #random: () => number;
  readonly #scheduler: SchedulerLike;

  constructor(
    private readonly files: ResumableUploadCalls,
    private readonly source: FileSource,
    private readonly options: ResumableUploadOptions,
    private readonly subscriber: Subscriber<TransferEvent<FileInfo>>,
  ) {
    this.#random = options.random ?? Math.random;
    this.#scheduler = options.scheduler ?? asyncScheduler;
  }

  async run(): Promise<FileInfo> {
    const { sizeBytes, uploadId } = this.options;
    const opened = await openSource(this.source);
    const size = sizeBytes ?? opened.size;
    if (size === undefined)
      throw new ValidationError('resumableUpload: sizeBytes', 'is missing: a stream does not tell it');
    if (!Number.isSafeInteger(size) || size < 0 || size !== (opened.size ?? size))
      throw new ValidationError('resumableUpload: sizeBytes', 'must be the number of bytes of the source');
    this.#size = size;
    const chunks = await openChunks(opened);
    this.subscriber.add(() => chunks.close());
    for (let given = uploadId; ; given = undefined) {
      const id = given ?? (await this.#create(nameOf(this.options.filename, opened, 'resumableUpload')));
      try {
        return await this.#send(id, chunks, given !== undefined);
      } catch (error) {
        // The session is gone: with the file that it became, or for its age.
        if (!(error instanceof NotFoundError) || !chunks.seeks || given !== undefined) throw error;
        await this.#fail(error);
      }
    }
  }

  async #create(filename: string): Promise<string> {
    const { channelId, type, onSession } = this.options;
    const session = await this.#patiently(() =>
      this.files.createUpload({
        ...(type === 'import' && { type }),
        ...(channelId !== undefined && { channel_id: channelId }),
        filename,
        file_size: this.#size,
      }),
    );
    this.#offset = 0;
    onSession?.(session);
    return session.id;
  }

  /** Sends what the server does not have yet. `inDoubt`: it has to be asked first. */
  async #send(id: string, chunks: ChunkReader, inDoubt: boolean): Promise<FileInfo> {
    // A part of a fraction of a byte ends the process on Node 20.
    const chunkBytes = Math.max(1, Math.trunc(this.options.chunkBytes ?? 8 * 1024 * 1024)) || 1;
    let asks = inDoubt;
    for (;;) {
      if (asks) await this.#ask(id);
      const start = this.#offset;
      const end = Math.min(this.#size, start + Math.max(start === 0 ? minFirstBytes : 1, chunkBytes));
      const chunk = await chunks.read(start, end);
      try {
        const file = await this.#uploadData(id, chunk, start);
        if (file) return file;
        // All is there: an empty part was the last chance to make a file of it.
        if (start === end)
          throw new ProtocolError('resumableUpload: the server has all bytes, but made no file of them');
        this.#moveTo(end);
        asks = false;
      } catch (error) {
        if (!isDoubt(error)) throw error;
        await this.#fail(error);
        asks = true;
      }
    }
  }

  #uploadData(id: string, chunk: Blob | Uint8Array<ArrayBuffer>, start: number): Promise<FileInfo | undefined> {
    const { call } = this.options;
    const events = this.files
      .uploadData(id, chunk)
      .with(call ?? {})
      .progress();
    return new Promise((resolve, reject) => {
      this.subscriber.add(
        events.subscribe({
          next: (event) => {
            if (event.type === 'upload') this.#tell(start + event.loadedBytes);
            else if (event.type === 'response') resolve(event.response.data);
          },
          error: reject,
        }),
      );
    });
  }

  /**
   * Asks how much has arrived. An empty part is refused for as long as an earlier request writes, and does nothing when it is taken: what
   * the server says after that is final.
   */
  async #ask(id: string): Promise<void> {
    const deadline = this.#scheduler.now() + lockMs;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#patiently(() => this.files.uploadData(id, new Uint8Array()));
        break;
      } catch (error) {
        if (!isApiError(error)) throw error;
        // At the very beginning an empty part is one that is too small.
        if (doubtful.test(error.id)) break;
        if (error.id !== concurrent || this.#scheduler.now() >= deadline) throw error;
        await this.#wait(backoffMs(attempt, this.#random(), this.options));
      }
    }
    const session = await this.#patiently(() => this.files.getUpload(id));
    if (session.file_size !== this.#size)
      throw new ValidationError(
        'resumableUpload: source',
        `has ${this.#size} bytes, not the ${session.file_size} of the upload`,
      );
    if (session.file_offset > this.#offset) this.#failures = 0;
    this.#moveTo(session.file_offset);
  }

  /** What may be repeated without harm, through whatever keeps it from being answered. */
  async #patiently<T>(make: () => Call<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#take(make().with(this.options.call ?? {}));
      } catch (error) {
        if (!isOutage(error)) throw error;
        await this.#fail(error);
      }
    }
  }

  #moveTo(offset: number): void {
    if (offset > this.#offset) this.#failures = 0;
    this.#offset = offset;
    this.#tell(offset);
  }

  #tell(loadedBytes: number): void {
    if (loadedBytes === this.#told) return;
    this.#told = loadedBytes;
    this.subscriber.next({ type: 'upload', loadedBytes, totalBytes: this.#size });
  }

  /** Waits after a failure, or gives up with it. */
  async #fail(error: unknown): Promise<void> {
    const { maxRetries = 10 } = this.options;
    if (++this.#failures > maxRetries) throw error;
    await this.#wait(backoffMs(this.#failures, this.#random(), this.options));
  }

  #wait(ms: number): Promise<unknown> {
    return this.#take(timer(ms, this.#scheduler));
  }

  #take<T>(source: Observable<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.subscriber.closed) return;
      this.subscriber.add(source.subscribe({ next: resolve, error: reject }));
    });
  }
}

/** Whether it is not known any more what the server has. */
const isDoubt = (error: unknown): boolean =>
  isOutage(error) || (isApiError(error) && (error.id === concurrent || doubtful.test(error.id)));
