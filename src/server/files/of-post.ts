import type { FileRow } from '../store/files.js';
import type { World } from '../world.js';

/** The files of a post, oldest first. */
export function filesOf({ store }: World, postId: string): FileRow[] {
  return store.files
    .where('post', postId)
    .filter((row) => row.delete_at === 0)
    .sort((a, b) => a.create_at - b.create_at || (a.id < b.id ? -1 : 1));
}
