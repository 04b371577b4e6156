import { greyJpeg } from '../files/grey-jpeg.js';
import type { EmojiRow, FileRow, UploadRow } from '../store/files.js';
import type { World } from '../world.js';

const miniPreview = /* @__PURE__ */ (() => btoa(String.fromCharCode(...greyJpeg(16, 16))))();

/** A file as on the wire. `found`: in the answer of a search, the only one in which 5.37 gives the channel. */
export function toFileInfo({ modern, store }: World, row: FileRow, { found = false } = {}) {
  const { dimensions, resumable } = row;
  const channelId = row.channel_id || (store.posts.get(row.post_id)?.channel_id ?? '');
  return {
    id: row.id,
    user_id: row.user_id,
    ...(row.post_id ? { post_id: row.post_id } : {}),
    channel_id: modern || found ? channelId : '',
    create_at: row.create_at,
    update_at: row.update_at,
    delete_at: row.delete_at,
    name: row.name,
    extension: row.extension,
    size: row.bytes.length,
    mime_type: row.mime_type,
    ...(dimensions && { width: dimensions.width, height: dimensions.height }),
    ...(dimensions && !(resumable && modern) ? { has_preview_image: true } : {}),
    mini_preview: dimensions && !resumable ? miniPreview : null,
    remote_id: '',
    ...(modern ? { archived: false } : {}),
  };
}

export function toUploadSession(row: UploadRow) {
  return {
    id: row.id,
    type: row.type,
    create_at: row.create_at,
    user_id: row.user_id,
    ...(row.channel_id ? { channel_id: row.channel_id } : {}),
    filename: row.filename,
    file_size: row.file_size,
    file_offset: row.file_offset,
    remote_id: '',
    req_file_id: '',
  };
}

export function toEmoji({ image: _, ...row }: EmojiRow) {
  return row;
}
