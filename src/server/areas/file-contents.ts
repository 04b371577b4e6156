import { AppError, forbidden } from '../base/app-error.js';
import { isId } from '../base/chance.js';
import { json } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { greyJpeg } from '../files/grey-jpeg.js';
import { contentHeaders } from '../files/mime.js';
import { fit } from '../files/picture-size.js';
import { serveContent } from '../files/serve-content.js';
import { mayRead } from '../rest/refusals.js';
import { toFileInfo } from '../shapes/file.js';
import type { FileRow } from '../store/files.js';

/** The file of the path, if the requesting user may read it. Before it is attached, members of the channel may on 11.6, only the uploader on 5.37 (protocol §8.1). */
function fileOf(c: Context): FileRow {
  const file = c.store.files.get(c.id('file_id'));
  if (!file || file.delete_at > 0)
    throw c.modern
      ? new AppError(404, 'api.file.get_file_info.app_error', 'There is no such file.')
      : new AppError(404, 'app.file_info.get.app_error', 'There is no such file.');
  if (!c.modern && file.user_id === c.me) return file;
  const channel = c.store.channels.get(file.channel_id);
  const readable = c.modern
    ? channel && mayRead(c, channel)
    : file.post_id && c.world.permissions.inChannel(c.me, file.channel_id, 'read_channel');
  if (!readable) throw forbidden();
  return file;
}

function serve(c: Context, file: FileRow, bytes: Uint8Array, type: string, more = {}) {
  const headers = {
    'Cache-Control': c.modern ? 'private, max-age=86400' : 'private, no-cache',
    ...contentHeaders(type, file.name, /^(1|t|true)$/i.test(c.query.get('download') ?? '')),
    ...more,
  };
  return serveContent(c.request, bytes, headers, file.create_at);
}

const contents = (c: Context, file: FileRow) =>
  serve(c, file, file.bytes, file.mime_type, { 'X-Uncompressed-Content-Length': String(file.bytes.length) });

const getFile: Handler = (c) => contents(c, fileOf(c));

/** A smaller picture of a file: grey, since pixels are not scaled here. */
const smaller =
  (what: 'thumbnail' | 'preview', maxWidth: number, maxHeight?: number): Handler =>
  (c) => {
    const file = fileOf(c);
    if (!file.dimensions)
      throw new AppError(400, `api.file.get_file_${what}.no_${what}.app_error`, `The file has no ${what}.`);
    const { width, height } = fit(file.dimensions, maxWidth, maxHeight);
    return serve(c, file, greyJpeg(width, height), 'image/jpeg');
  };

const getFileThumbnail = smaller('thumbnail', 120, 100);
const getFilePreview = smaller('preview', 1920);

const getFileInfo: Handler = (c) => ({
  ...json(toFileInfo(c.world, fileOf(c))),
  headers: { 'Cache-Control': 'max-age=2592000, private' },
});

const publicLinksOff = (c: Context, status: number): AppError | undefined =>
  c.world.config.flag('FileSettings.EnablePublicLink')
    ? undefined
    : new AppError(status, 'api.file.get_public_link.disabled.app_error', 'Public links are disabled.');

const getFileLink: Handler = (c) => {
  const off = publicLinksOff(c, c.modern ? 403 : 501);
  if (off) throw off;
  const file = fileOf(c);
  if (!file.post_id)
    throw new AppError(400, 'api.file.get_public_link.no_post.app_error', 'The file must be attached to a post.');
  const site = c.world.config.text('ServiceSettings.SiteURL');
  return json({ link: `${site}/files/${file.id}/public?h=${file.public_hash}` });
};

/** Needs no session. Refusals are web pages. */
const getPublicFile: Handler = (c) => {
  const file = c.store.files.get(c.param('file_id'));
  const off = publicLinksOff(c, c.modern ? 403 : 501);
  if (off) return page(off.status, off.message);
  if (!isId(c.param('file_id')) || !file || file.delete_at > 0) return page(404, 'There is no such file.');
  if (c.query.get('h') !== file.public_hash) return page(400, 'The public link is not valid.');
  return contents(c, file);
};

const page = (status: number, text: string) => ({
  status,
  type: 'text/html',
  body: `<!DOCTYPE html><html><head></head>\n<body>${text}</body></html>\n`,
});

export const fileContentsArea: Area = {
  handlers: {
    getFile,
    headGetFile: getFile,
    getFileThumbnail,
    headGetFileThumbnail: getFileThumbnail,
    getFilePreview,
    headGetFilePreview: getFilePreview,
    getFileInfo,
    getFileLink,
    getPublicFile,
    headGetPublicFile: getPublicFile,
  },
};
