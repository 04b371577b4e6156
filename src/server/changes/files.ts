import { toJson } from '../base/to-json.js';
import { nameOf } from '../files/mime.js';
import { filesOf } from '../files/of-post.js';
import { pictureSize } from '../files/picture-size.js';
import { toEmoji } from '../shapes/file.js';
import type { EmojiRow, FileRow } from '../store/files.js';
import type { World } from '../world.js';

/** A file to store. */
export interface NewFile {
  readonly user_id: string;
  readonly channel_id: string;
  /** File name as uploaded. Folders in it are dropped (protocol §8.1). */
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly resumable?: boolean;
}

const hashAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function addFile({ store, chance, clock }: World, file: NewFile): FileRow {
  const named = nameOf(file.filename);
  const now = clock.now();
  return store.files.put({
    id: chance.id(),
    user_id: file.user_id,
    post_id: '',
    channel_id: file.channel_id,
    create_at: now,
    update_at: now,
    delete_at: 0,
    ...named,
    bytes: file.bytes,
    dimensions: named.mime_type.startsWith('image/') ? pictureSize(file.bytes) : undefined,
    resumable: file.resumable ?? false,
    public_hash: chance.text(43, hashAlphabet),
  });
}

/**
 * The ids of files that a post of this user may have: existing files of the same user that belong to no post. The others are dropped
 * without an error (protocol §8.1). 11.6 sorts the ids.
 */
export function attachable({ store, modern }: World, userId: string, ids: readonly string[]): string[] {
  const usable = [...new Set(ids)].filter((id) => {
    const file = store.files.get(id);
    return file?.user_id === userId && file.post_id === '' && file.delete_at === 0;
  });
  return modern ? usable.sort() : usable;
}

/** Attaches files to a post. A file that was uploaded to another channel moves to that of the post. */
export function attachFiles({ store }: World, ids: readonly string[], post: { id: string; channel_id: string }): void {
  for (const id of ids) store.files.patch(id, { post_id: post.id, channel_id: post.channel_id });
}

export function deleteFilesOf(world: World, postId: string): void {
  const now = world.clock.now();
  for (const { id } of filesOf(world, postId)) world.store.files.patch(id, { delete_at: now, update_at: now });
}

/** Adds a custom emoji and sends the event to everybody. */
export function addEmoji(
  { store, chance, clock }: World,
  creatorId: string,
  name: string,
  image: Uint8Array,
): EmojiRow {
  const now = clock.now();
  const row = store.emoji.put({
    id: chance.id(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    creator_id: creatorId,
    name,
    image: image.slice(),
  });
  store.emit({ event: 'emoji_added', data: { emoji: toJson(toEmoji(row)) }, to: {} });
  return row;
}
