import { Table } from './table.js';

/** A file as it is stored. */
export interface FileRow {
  readonly id: string;
  readonly user_id: string;
  /** Empty until a post has it. */
  readonly post_id: string;
  readonly channel_id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly name: string;
  readonly extension: string;
  readonly mime_type: string;
  readonly bytes: Uint8Array;
  /** Only of pictures. */
  readonly dimensions?: { readonly width: number; readonly height: number } | undefined;
  /** Uploaded in parts: then there is no mini preview yet when the server answers. */
  readonly resumable: boolean;
  /** The secret in the address of its public link. */
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
  /** True while a request writes to it whose connection has ended without the server noticing. */
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

/** An uploaded archive to import. */
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
