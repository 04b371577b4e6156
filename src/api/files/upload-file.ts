import { concatMap } from 'rxjs';
import { ProtocolError } from '../../models/errors.js';
import type { FileInfo } from '../../models/generated/entities.js';
import type { CallOptions } from '../call-options.js';
import type { BinaryInput, Call } from '../call.js';
import { nameOf, openSource, type FileSource } from './source.js';
import { Transfer, type TransferEvent } from './transfer.js';

/** The operation that {@link uploadFile} uses; `client.files` has it. */
export interface UploadFileCalls {
  uploadFile(
    body: BinaryInput,
    query: { readonly channel_id: string; readonly filename: string },
  ): Call<{ readonly file_infos: readonly FileInfo[] }>;
}

/** Options of {@link uploadFile}, with those of its one request. */
export interface UploadFileOptions extends CallOptions {
  /** Channel whose posts may have the file, and whose members may read it. */
  readonly channelId: string;
  /** Name of the file. @default that of the `File` or of the path */
  readonly filename?: string;
}

/**
 * Uploads a file with one request: `POST /api/v4/files`. For large files and bad connections use {@link resumableUpload}: a request that is
 * cut or takes longer than 300 s is lost. Repeated only after a 429, because otherwise the server might store the file twice.
 *
 * @param files the group of operations, `client.files` or `new FilesApi(rest)`.
 * @param source a `File` or other `Blob`, bytes, a stream of them, or on Node a path. A stream can be sent once.
 * @returns cold and unshared; emits the file's description once and completes; unsubscribing aborts the upload. Errors as calls do: 413
 * (`PayloadTooLargeError`) if the file is larger than `MaxFileSize` of the client config, 403 without permission to upload to the channel.
 * @example
 * const { id } = await uploadFile(client.files, file, { channelId });
 * await client.posts.createPost({ channel_id: channelId, message: 'Look', file_ids: [id] });
 */
export function uploadFile(files: UploadFileCalls, source: FileSource, options: UploadFileOptions): Transfer<FileInfo> {
  const { channelId, filename, ...callOptions } = options;
  return new Transfer((subscriber) => {
    const send = async (): Promise<void> => {
      const opened = await openSource(source);
      const query = { channel_id: channelId, filename: nameOf(filename, opened, 'uploadFile') };
      const body = await opened.whole();
      const call = files.uploadFile(body, query).with(callOptions);
      const total = opened.size === undefined ? {} : { totalBytes: opened.size };
      const events$ = call.progress().pipe(
        concatMap((event): TransferEvent<FileInfo>[] => {
          if (event.type === 'upload') return [{ ...event, ...total }];
          if (event.type !== 'response') return [];
          const [file] = event.response.data.file_infos;
          if (!file) throw new ProtocolError('uploadFile: the server stored no file');
          return [{ type: 'done', value: file }];
        }),
      );
      events$.subscribe(subscriber);
    };
    send().catch((error: unknown) => subscriber.error(error));
  });
}
