import { utf8Text } from '../base/text.js';
import { AppError, forbidden, invalidBody, invalidUrl } from '../base/app-error.js';
import { addFile } from '../changes/files.js';
import { isId } from '../base/chance.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { nameOf } from '../files/mime.js';
import { isMultipart, partsOf } from '../rest/multipart.js';
import type { FormPart } from '../rest/multipart.js';
import { toFileInfo } from '../shapes/file.js';
import type { FileRow } from '../store/files.js';

/** Longer text parts are cut to this many bytes, without an error (protocol §8.1). */
const maxTextPart = 10_240;

/** Throws if attachments are disabled. On 11.6 `files` and `uploads` answer different statuses. */
export function needAttachments(c: Context, status = 501): void {
  if (!c.world.config.flag('FileSettings.EnableFileAttachments'))
    throw new AppError(status, 'api.file.attachments.disabled.app_error', 'Attachments are disabled.');
}

export const largestFile = (c: Context): number => c.world.config.number('FileSettings.MaxFileSize');

function store(c: Context, channelId: string, filename: string, bytes: Uint8Array): FileRow {
  if (bytes.length > largestFile(c))
    throw new AppError(
      413,
      'api.file.upload_file.too_large_detailed.app_error',
      `The file ${nameOf(filename).name} is too large.`,
    );
  return addFile(c.world, { user_id: c.me, channel_id: channelId, filename, bytes });
}

export function needUpload(c: Context, channelId: string): void {
  if (!c.world.permissions.inChannel(c.me, channelId, 'upload_file')) throw forbidden();
}

const answer = (c: Context, files: readonly FileRow[], clientIds: readonly string[] | null) =>
  json({ file_infos: files.map((row) => toFileInfo(c.world, row)), client_ids: clientIds }, 201);

/** An upload of plain bytes, with the name in the query. A body that is labelled as a form is parsed before, so that nothing of it is left. */
function uploadRaw(c: Context) {
  const channelId = c.query.get('channel_id') ?? '';
  if (!isId(channelId)) throw invalidUrl('channel_id');
  const filename = c.query.get('filename') ?? '';
  if (!filename) throw invalidUrl('filename');
  needUpload(c, channelId);
  const isForm = c.request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const clientId = c.query.get('client_id');
  const file = store(c, channelId, filename, isForm ? new Uint8Array() : c.request.body);
  return answer(c, [file], clientId ? [clientId] : null);
}

/** An upload as a form. The server reads it as a stream, so texts must come before the files that need them. */
function uploadForm(c: Context, parts: readonly FormPart[]) {
  let channelId = c.query.get('channel_id') ?? '';
  const clientIds: string[] = [];
  const files: FileRow[] = [];
  for (const { name, filename, bytes } of parts) {
    if (filename === undefined) {
      const text = utf8Text(bytes.subarray(0, maxTextPart));
      if (name === 'channel_id') channelId = text;
      else if (name !== 'client_ids' || (files.length > 0 && clientIds.length === 0)) throw invalidBody(name);
      else clientIds.push(text);
      continue;
    }
    // Without a channel the server reads the whole form first, and finds only files with the right field name.
    if (!channelId) return uploadBufferedForm(c, parts);
    needUpload(c, channelId);
    if (clientIds.length > 0 && files.length >= clientIds.length) throw invalidBody('client_ids');
    files.push(store(c, channelId, filename, bytes));
  }
  return finishForm(c, files, clientIds);
}

function uploadBufferedForm(c: Context, parts: readonly FormPart[]) {
  const texts = (field: string): string[] =>
    parts.flatMap(({ name, filename, bytes }) => (name === field && filename === undefined ? [utf8Text(bytes)] : []));
  const [channelId] = texts('channel_id');
  if (!channelId) throw invalidBody('channel_id');
  needUpload(c, channelId);
  const files = parts.flatMap(({ name, filename, bytes }) =>
    name === 'files' && filename !== undefined ? [store(c, channelId, filename, bytes)] : [],
  );
  return finishForm(c, files, texts('client_ids'));
}

function finishForm(c: Context, files: readonly FileRow[], clientIds: readonly string[]) {
  if (clientIds.length > 0 && clientIds.length !== files.length)
    throw new AppError(
      400,
      'api.file.upload_file.incorrect_number_of_client_ids.app_error',
      'There must be one client id per file.',
    );
  return answer(c, files, clientIds);
}

const uploadFile: Handler = (c) => {
  needAttachments(c, c.modern ? 403 : 501);
  const { body } = c.request;
  if (body.length === 0)
    throw new AppError(400, 'api.file.upload_file.read_request.app_error', 'The body must not be empty.');
  if (!isMultipart(c.request)) return uploadRaw(c);
  const parts = partsOf(c.request);
  if (!parts) throw new AppError(400, 'api.file.upload_file.read_request.app_error', 'The form cannot be read.');
  const files = parts.filter(({ filename }) => filename !== undefined);
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (files.every(({ bytes }) => bytes.length <= largestFile(c)) && total > largestFile(c))
    throw c.modern
      ? new AppError(413, 'api.context.request_body_too_large.app_error', 'The request body is too large.')
      : new AppError(500, 'api.file.write_file.app_error', 'The file could not be written.');
  return uploadForm(c, parts);
};

export const filesArea: Area = { handlers: { uploadFile } };
