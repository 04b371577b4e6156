import { asyncScheduler, catchError, concatMap, defer, map, type Observable, type Subscriber } from 'rxjs';
import { isApiError, NotFoundError, ProtocolError, ValidationError } from '../../models/errors.js';
import type { FileInfo, UploadSession } from '../../models/generated/entities.js';
import { isTransient } from '../../models/transient.js';
import type { CallOptions } from '../call-options.js';
import type { BinaryInput, Call } from '../call.js';
import { openChunks, type ChunkReader } from './chunks.js';
import { resume, type ResumeOptions } from './resume.js';
import { nameOf, openSource, type FileSource, type OpenSource } from './source.js';
import { Transfer, type TransferEvent } from './transfer.js';

/** The operations that {@link resumableUpload} uses; `client.files` has them. */
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

/** Options of {@link resumableUpload}. */
export interface ResumableUploadOptions extends ResumeOptions {
  /** Channel whose posts may have the file. Required except for imports. */
  readonly channelId?: string;
  /** Name of the file. @default that of the `File` or of the path */
  readonly filename?: string;
  /** Length of the source, in bytes. Required for a stream. @default that of the source */
  readonly sizeBytes?: number;
  /** `import` for a bundle that an import job reads: only for admins. @default 'attachment' */
  readonly type?: 'attachment' | 'import';
  /**
   * Bytes of one request. Each request has 300 s. The first has at least 5 MiB, because the server discards less. @default 8 MiB
   */
  readonly chunkBytes?: number;
  /** Id of an earlier upload to continue: bytes that the server has are not sent again. @default a new one */
  readonly uploadId?: string;
  /** Called with the new upload; its id is `uploadId` of a later try. */
  readonly onSession?: (session: UploadSession) => void;
  /** Options of each request, such as `timeoutMs`, `headers` and `signal`. */
  readonly call?: CallOptions;
}

/** The server discards a shorter first chunk, unless it is the whole file: protocol §8.2. */
const minFirstBytes = 5_242_880;
/** After this time a server gives up a connection that went silent: protocol §6.7, with some to spare. */
const lockMs = 330_000;
/** An earlier request still writes. */
const concurrentId = 'app.upload.upload_data.concurrent.app_error';
const doubtfulIds = [
  'app.upload.upload_data.first_part_too_small.app_error',
  'api.upload.upload_data.invalid_content_length',
];

type Chunk = Blob | Uint8Array<ArrayBuffer>;

/**
 * Uploads a file in chunks, across broken connections: `POST /api/v4/uploads`, then its data. Whenever it is unknown what has arrived, the
 * server is asked for its offset, and only when it no longer writes: it appends what it gets at its own offset, so bytes sent from
 * another one would corrupt the file (protocol §8.2).
 *
 * If the answer to the last chunk is lost, the file is stored but its id is unknown: a source that can be read again is then uploaded again; a
 * stream is an error.
 *
 * @param files the group of operations, `client.files` or `new FilesApi(rest)`.
 * @param source a `File` or other `Blob`, bytes, a stream of them, or on Node a path. One chunk of a stream at a time is held in memory.
 * @returns cold and unshared; emits the file's description once and completes; `progress()` reports the bytes. Unsubscribing aborts the request under
 * way; the server keeps what it has for `uploadId`. Errors as calls do after too many failures in a row, and at once after an error that is not
 * transient: 413 (`PayloadTooLargeError`), 403, a `ValidationError` for a stream without `sizeBytes`.
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

/** One upload, for one subscriber. After the subscriber has left no promise settles, so that nothing more is sent. */
class Upload {
  /** Bytes that the server has. */
  #offset = 0;
  #size = 0;
  /** Bytes of the last progress event. */
  #reported = 0;

  constructor(
    private readonly files: ResumableUploadCalls,
    private readonly source: FileSource,
    private readonly options: ResumableUploadOptions,
    private readonly subscriber: Subscriber<TransferEvent<FileInfo>>,
  ) {}

  async run(): Promise<FileInfo> {
    const { filename, uploadId } = this.options;
    const opened = await openSource(this.source);
    this.#size = sizeOf(opened, this.options.sizeBytes);
    const chunks = await openChunks(opened);
    this.subscriber.add(() => chunks.close());
    if (uploadId !== undefined) {
      await this.#take(this.#ask(uploadId).pipe(resume(this.options)));
      return this.#sendAll(uploadId, chunks);
    }
    const name = nameOf(filename, opened, 'resumableUpload');
    let id: string | undefined;
    const whole$ = defer(async () => {
      id = undefined;
      id = await this.#create(name);
      return this.#sendAll(id, chunks);
    });
    // The session is gone: it became a file, or it is too old.
    const isGone = (error: unknown): boolean => chunks.seeks && id !== undefined && error instanceof NotFoundError;
    return this.#take(whole$.pipe(resume(this.options, isGone)));
  }

  async #create(filename: string): Promise<string> {
    const { channelId, type, onSession } = this.options;
    const body = {
      ...(type === 'import' && { type }),
      ...(channelId !== undefined && { channel_id: channelId }),
      filename,
      file_size: this.#size,
    };
    const session = await this.#take(this.#withOptions(this.files.createUpload(body)).pipe(resume(this.options)));
    this.#offset = 0;
    onSession?.(session);
    return session.id;
  }

  /** Sends what the server does not have yet. */
  async #sendAll(id: string, chunks: ChunkReader): Promise<FileInfo> {
    // A chunk of a fraction of a byte ends the process on Node 20.
    const chunkBytes = Math.max(1, Math.trunc(this.options.chunkBytes ?? 8 * 1024 * 1024)) || 1;
    for (;;) {
      const start = this.#offset;
      const end = Math.min(this.#size, start + Math.max(start === 0 ? minFirstBytes : 1, chunkBytes));
      const chunk = await chunks.read(start, end);
      const file = await this.#take(this.#sendChunk(id, chunk, start, end));
      if (file) return file;
    }
  }

  /** Sends one chunk, repeatedly while the server still needs it. Emits the file if it is complete, `undefined` if the upload goes on elsewhere. */
  #sendChunk(id: string, chunk: Chunk, start: number, end: number): Observable<FileInfo | undefined> {
    let doubt: unknown;
    const send$ = this.#transmit(id, chunk, start).pipe(
      map((file) => {
        // All bytes are there: sending none was the last chance to get the file.
        if (!file && start === end)
          throw new ProtocolError('resumableUpload: the server has all bytes, but made no file of them');
        this.#moveTo(end);
        return file;
      }),
      catchError((error: unknown) => {
        if (isTransient(error) || isConcurrent(error) || isDoubtful(error)) doubt = error;
        throw error as Error;
      }),
    );
    const asked$ = this.#ask(id).pipe(concatMap(() => (this.#offset === start ? send$ : [undefined])));
    // A refusal of the question itself is final, unless it is transient.
    return defer(() => (doubt ? asked$ : send$)).pipe(
      resume(this.options, (error) => error === doubt || isTransient(error)),
    );
  }

  #transmit(id: string, chunk: Chunk, start: number): Observable<FileInfo | undefined> {
    const events$ = this.#withOptions(this.files.uploadData(id, chunk)).progress();
    return events$.pipe(
      concatMap((event) => {
        if (event.type === 'upload') this.#report(start + event.loadedBytes);
        return event.type === 'response' ? [event.response.data] : [];
      }),
    );
  }

  /**
   * Asks how much has arrived. Empty data is refused for as long as an earlier request writes, and does nothing when it is taken: what
   * the server says after that is final.
   */
  #ask(id: string): Observable<void> {
    const { scheduler = asyncScheduler } = this.options;
    return defer(() => {
      const deadlineMs = scheduler.now() + lockMs;
      const isLocked = (error: unknown): boolean => isConcurrent(error) && scheduler.now() < deadlineMs;
      return this.#withOptions(this.files.uploadData(id, new Uint8Array())).pipe(
        resume({ ...this.options, maxRetries: Infinity }, isLocked),
      );
    }).pipe(
      catchError((error: unknown) => {
        // Before the first chunk, empty data is refused as too small.
        if (isDoubtful(error)) return [undefined];
        throw error as Error;
      }),
      concatMap(() => this.#withOptions(this.files.getUpload(id))),
      map(({ file_size: size, file_offset: offset }) => {
        if (size !== this.#size)
          throw new ValidationError(
            'resumableUpload: source',
            `must have the ${size} bytes of the upload, not ${this.#size}`,
          );
        this.#moveTo(offset);
      }),
    );
  }

  #withOptions<T>(call: Call<T>): Call<T> {
    return call.with(this.options.call ?? {});
  }

  #moveTo(offset: number): void {
    this.#offset = offset;
    this.#report(offset);
  }

  #report(loadedBytes: number): void {
    if (loadedBytes === this.#reported) return;
    this.#reported = loadedBytes;
    this.subscriber.next({ type: 'upload', loadedBytes, totalBytes: this.#size });
  }

  #take<T>(source: Observable<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.subscriber.closed) return;
      this.subscriber.add(source.subscribe({ next: resolve, error: reject }));
    });
  }
}

/** The length that was given, or else that of the source. */
function sizeOf(opened: OpenSource, given: number | undefined): number {
  const size = given ?? opened.size;
  if (size === undefined) throw new ValidationError('resumableUpload: sizeBytes', 'must be given for a stream');
  if (!Number.isSafeInteger(size) || size < 0 || size !== (opened.size ?? size))
    throw new ValidationError('resumableUpload: sizeBytes', 'must be the number of bytes of the source');
  return size;
}

const isConcurrent = (error: unknown): boolean => isApiError(error) && error.id === concurrentId;

/** Whether a refusal leaves in doubt what the server has: bytes were lost on the way, or more had arrived than was known. */
const isDoubtful = (error: unknown): boolean => isApiError(error) && doubtfulIds.includes(error.id);
