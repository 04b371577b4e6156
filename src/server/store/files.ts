import { Table } from './table.js';

/** A file as it is stored. */
export interface FileRow {
  readonly id: string;
  readonly user_id: string;
  /** Empty until it is attached. */
  readonly post_id: string;
  readonly channel_id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly name: string;
  readonly extension: string;
  readonly mime_type: string;
  readonly bytes: Uint8Array;
  /** Of a picture. */
  readonly dimensions?: { readonly width: number; readonly height: number } | undefined;
  /** Whether it came in parts: then its tiny picture is not made in time for the answer. */
  readonly resumable: boolean;
  /** What the address of its public link proves to know. */
  readonly public_hash: string;
}

/** An upload in parts that is not finished. */
export interface UploadRow {
  readonly id: string;
  readonly type: 'attachment' | 'import';
  readonly create_at: number;
  readonly user_id: string;
  readonly channel_id: string;
  readonly filename: string;
  readonly file_size: number;
  readonly file_offset: number;
  readonly parts: readonly Uint8Array[];
  /** True while a request writes to it whose connection is gone, unnoticed so far. */
  readonly locked: boolean;
}

export interface EmojiRow {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly creator_id: string;
  readonly name: string;
  readonly image: Uint8Array;
}

/** A bundle that was uploaded to be imported. */
export interface ImportRow {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const fileTables = () => ({
  files: new Table<FileRow, 'post'>(({ id }) => id, { post: (row) => row.post_id || undefined }),
  uploads: new Table<UploadRow, 'user'>(({ id }) => id, { user: (row) => row.user_id }),
  emoji: new Table<EmojiRow, 'name'>(({ id }) => id, { name: (row) => (row.delete_at > 0 ? undefined : row.name) }),
  imports: new Table<ImportRow>(({ name }) => name),
});
