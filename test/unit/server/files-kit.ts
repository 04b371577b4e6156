import { utf8Bytes, utf8Text } from '../../../src/server/base/text.js';
import type { Version } from '../../../src/server/base/version.js';
import { concat } from '../../../src/server/files/serve-content.js';
import { createKit } from './kit.js';

/** Bytes that differ from each other. */
export const bytes = (length: number): Uint8Array => new Uint8Array(length).map((_, n) => n % 251);

export interface FormPart {
  readonly name: string;
  readonly filename?: string;
  readonly data: string | Uint8Array;
}

/** A multipart body. */
export function form(...parts: readonly FormPart[]) {
  const body = concat([
    ...parts.flatMap(({ name, filename, data }) => [
      utf8Bytes(
        `--b\r\nContent-Disposition: form-data; name="${name}"${filename ? `; filename="${filename}"` : ''}\r\n\r\n`,
      ),
      typeof data === 'string' ? utf8Bytes(data) : data,
      utf8Bytes('\r\n'),
    ]),
    utf8Bytes('--b--\r\n'),
  ]);
  return { body, type: 'multipart/form-data; boundary=b' };
}

interface Sending {
  readonly as?: string;
  readonly body?: Uint8Array;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** When the server notices that the connection has ended within the body, in milliseconds. */
  readonly cutOff?: number;
}

/** A team with a channel, and people in and out of it; requests with bytes. */
export function createFilesKit(version: Version = '11.6') {
  const kit = createKit(version);
  const admin = kit.createUser({ username: 'root', admin: true });
  const alice = kit.createUser({ username: 'alice' });
  const bob = kit.createUser({ username: 'bob' });
  const carol = kit.createUser({ username: 'carol' });
  const team = kit.createTeam({ members: [alice, bob] });
  const channel = kit.createChannel({ team, members: [alice, bob] });
  const send = (
    method: string,
    path: string,
    { as = alice.token, body = new Uint8Array(), type = '', headers = {}, cutOff }: Sending = {},
  ) => {
    const response = kit.core.handle({
      method,
      target: path.startsWith('/files/') && path.includes('/public') ? path : `/api/v4${path}`,
      headers: { authorization: `Bearer ${as}`, ...(type && { 'content-type': type }), ...headers },
      body,
      ...(cutOff === undefined ? {} : { cutOff: { noticedAfterMs: cutOff } }),
      address: '127.0.0.1',
      secure: false,
    });
    const raw = typeof response.body === 'string' ? utf8Bytes(response.body) : response.body;
    const text = utf8Text(raw);
    const json = (/^[[{]/.test(text) ? JSON.parse(text) : undefined) as Record<string, unknown> | undefined;
    return { ...response, raw, text, json, id: json?.['id'] };
  };
  const upload = (filename: string, body: Uint8Array, as = alice.token) => {
    const query = `channel_id=${channel.id}&filename=${encodeURIComponent(filename)}`;
    const { json } = send('POST', `/files?${query}`, { as, body, type: 'application/octet-stream' });
    return (json as unknown as { file_infos: { id: string }[] }).file_infos[0]!;
  };
  const post = (fileIds: readonly string[], message = 'with files') =>
    kit.call('POST', '/posts', { as: alice.token, body: { channel_id: channel.id, message, file_ids: fileIds } });
  return { ...kit, admin, alice, bob, carol, channel, team, send, upload, post };
}
