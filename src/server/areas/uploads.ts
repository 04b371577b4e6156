import { AppError, forbidden } from '../base/app-error.js';
import { addFile } from '../changes/files.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { concat } from '../files/serve-content.js';
import { isMultipart, partsOf } from '../rest/multipart.js';
import { toFileInfo, toUploadSession } from '../shapes/file.js';
import type { FileRow, UploadRow } from '../store/files.js';
import { largestFile, needAttachments, needUpload } from './files.js';

/** A smaller first part is refused, unless it is the whole file (protocol §8.2). */
const minFirstPart = 5 * 1024 * 1024;

const createUpload: Handler = (c) => {
  needAttachments(c);
  const body = c.fields('upload', { channel_id: 'string', filename: 'string', file_size: 'number', type: 'string' });
  const { channel_id = '', filename = '', file_size = 0 } = body;
  const type = body.type === 'import' ? 'import' : 'attachment';
  if (type === 'import') c.need('manage_system');
  else needUpload(c, channel_id);
  if (file_size > largestFile(c))
    throw new AppError(
      413,
      `${c.modern ? 'api' : 'app'}.upload.create.upload_too_large.app_error`,
      'The file is too large.',
    );
  const invalid = (field: string): AppError =>
    new AppError(400, `model.upload_session.is_valid.${field}.app_error`, `There is no valid ${field}.`);
  if (!c.modern && !filename) throw invalid('filename');
  if (file_size <= 0) throw invalid('file_size');
  if (c.store.channels.get(channel_id)?.delete_at)
    throw new AppError(400, 'app.upload.create.cannot_upload_to_deleted_channel.app_error', 'The channel is archived.');
  const row = c.store.uploads.put({
    id: c.world.chance.id(),
    type,
    create_at: c.now,
    user_id: c.me,
    channel_id: type === 'import' ? '' : channel_id,
    filename,
    file_size,
    file_offset: 0,
    parts: [],
    locked: false,
  });
  return json(toUploadSession(row), 201);
};

function uploadOf(c: Context): UploadRow {
  const row = c.store.uploads.get(c.id('upload_id'));
  if (!row) throw new AppError(404, 'app.upload.get.app_error', 'There is no such upload.');
  return row;
}

const getUpload: Handler = (c) => {
  const row = uploadOf(c);
  if (row.user_id !== c.me && !c.can('manage_system'))
    throw new AppError(403, 'api.upload.get_upload.forbidden.app_error', 'The upload belongs to another user.');
  return json(toUploadSession(row));
};

const getUploadsForUser: Handler = (c) => {
  if (c.userId() !== c.me)
    throw new AppError(403, 'api.user.get_uploads_for_user.forbidden.app_error', 'The uploads belong to another user.');
  return json(c.store.uploads.where('user', c.me).map(toUploadSession));
};

const refuse = (id: string, text: string): AppError => new AppError(400, id, text);

/** The bytes of the body, or of the first part of a form. A body that is too long is cut if the request has no length. */
function bytesOfPart(c: Context, left: number): Uint8Array {
  const { request } = c;
  if (isMultipart(request)) {
    const part = partsOf(request)?.[0];
    if (!part) throw refuse('api.upload.upload_data.multipart_error', 'The form must have a part.');
    return part.bytes.subarray(0, left);
  }
  if (Number(request.headers['content-length'] ?? 0) > left)
    throw refuse(
      'api.upload.upload_data.invalid_content_length',
      'The body must not be longer than what is left of the file.',
    );
  return request.body.subarray(0, left);
}

/** Adds the bytes of a request to an upload, even if the connection ended early. Only the server's own offset counts (protocol §8.2). */
function append(c: Context, id: string, bytes: Uint8Array): UploadRow {
  const row = c.store.uploads.patch(id, { locked: false });
  if (row.file_offset === 0 && bytes.length < minFirstPart && bytes.length !== row.file_size)
    throw refuse('app.upload.upload_data.first_part_too_small.app_error', 'The first part is too small.');
  return c.store.uploads.put({
    ...row,
    file_offset: row.file_offset + bytes.length,
    // A copy, since the body may be a view of a transport's buffer.
    parts: [...row.parts, bytes.slice()],
  });
}

function finish(c: Context, row: UploadRow): FileRow {
  const bytes = concat(row.parts);
  c.store.uploads.delete(row.id);
  const file = addFile(c.world, { ...row, bytes, resumable: true });
  if (row.type === 'import') c.store.imports.put({ name: `${row.id}_${row.filename}`, bytes });
  return file;
}

const uploadData: Handler = (c) => {
  needAttachments(c);
  const { id, type, user_id, channel_id, locked, file_offset: offset, file_size: size } = uploadOf(c);
  if (type === 'import') c.need('manage_system');
  else if (user_id !== c.me) throw forbidden();
  else needUpload(c, channel_id);
  if (locked) throw refuse('app.upload.upload_data.concurrent.app_error', 'Another request is writing to the upload.');
  const bytes = bytesOfPart(c, size - offset);
  const write = (): FileRow | undefined => {
    const row = append(c, id, bytes);
    return row.file_offset === size ? finish(c, row) : undefined;
  };
  const { noticedAfterMs = 0 } = c.request.cutOff ?? {};
  if (noticedAfterMs > 0) {
    c.store.uploads.patch(id, { locked: true });
    c.world.clock.after(noticedAfterMs, () => {
      try {
        write();
      } catch (error) {
        // The connection has ended: nobody receives an error.
        if (!(error instanceof AppError)) throw error;
      }
    });
  }
  const file = noticedAfterMs > 0 ? undefined : write();
  return file ? json(toFileInfo(c.world, file)) : { status: 204, body: '', type: 'application/json' };
};

const listImports: Handler = (c) => {
  c.need('manage_system');
  return json(c.store.imports.all().map(({ name }) => name));
};

const deleteImport: Handler = (c) => {
  c.need('manage_system');
  c.store.imports.delete(c.param('import_name'));
  return ok();
};

export const uploadsArea: Area = {
  handlers: { createUpload, getUpload, uploadData, getUploadsForUser, listImports, deleteImport },
};
