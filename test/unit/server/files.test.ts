import { beforeEach, describe, expect, it } from 'vitest';
import { utf8Bytes } from '../../../src/server/base/text.js';
import { defaultPicture } from '../../../src/server/files/default-picture.js';
import { pictureSize } from '../../../src/server/files/picture-size.js';
import { bytes, createFilesKit, form } from './files-kit.js';
import type { FormPart } from './files-kit.js';

let server: ReturnType<typeof createFilesKit>;
beforeEach(() => {
  server = createFilesKit();
});

describe('an upload', () => {
  it('as it is needs a channel and a name in the query, and a body that is not labelled as a form', () => {
    const { send, channel, carol } = server;
    const body = bytes(10);
    const to = (query: string, more = {}) => send('POST', `/files?${query}`, { body, ...more });
    expect(to(`channel_id=${channel.id}`).id).toBe('api.context.invalid_url_param.app_error');
    expect(to(`channel_id=${channel.id}&filename=a`, { as: carol.token }).status).toBe(403);
    expect(send('POST', `/files?channel_id=${channel.id}&filename=a`).status).toBe(400);
    const good = to(`channel_id=${channel.id}&filename=${encodeURIComponent('/tmp/ä b.txt')}&client_id=c1`);
    expect(good.status).toBe(201);
    expect(good.json).toMatchObject({
      file_infos: [{ name: 'ä b.txt', extension: 'txt', size: 10, mime_type: 'text/plain; charset=utf-8' }],
      client_ids: ['c1'],
    });
    const lost = to(`channel_id=${channel.id}&filename=a`, { type: 'application/x-www-form-urlencoded' });
    expect(lost.json).toMatchObject({ file_infos: [{ size: 0 }], client_ids: null });
  });

  it('as a form takes texts before files, ids for all files or none, and drops files of other fields if it must be read whole', () => {
    const { send, channel } = server;
    const channelId = { name: 'channel_id', data: channel.id };
    const file = (name: string): FormPart => ({ name, filename: 'a.txt', data: 'abc' });
    const id = (data: string): FormPart => ({ name: 'client_ids', data });
    const to = (...parts: readonly FormPart[]) => send('POST', '/files', form(...parts));
    const count = ({ json }: ReturnType<typeof to>) => (json?.['file_infos'] as unknown[]).length;
    expect(count(to(channelId, file('files'), file('anything')))).toBe(2);
    expect(to(channelId, id('1'), file('files')).json).toMatchObject({ client_ids: ['1'] });
    expect(to(channelId, file('files')).json).toMatchObject({ client_ids: [] });
    expect(to(channelId, file('files'), id('1')).status).toBe(400);
    expect(to(channelId, id('1'), id('2'), file('files')).status).toBe(400);
    expect(to(channelId, id('1'), file('files'), file('files')).status).toBe(400);
    expect(to({ name: 'other', data: 'x' }, channelId).status).toBe(400);
    expect(count(to(file('files'), channelId))).toBe(1);
    expect(count(to(file('data'), channelId))).toBe(0);
    expect(to(file('files')).id).toBe('api.context.invalid_body_param.app_error');
  });

  it('that is too large is refused, also when only all files together are', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const { send, channel, world } = createFilesKit(version);
      world.config.patch({ FileSettings: { MaxFileSize: 100 } });
      const large = send('POST', `/files?channel_id=${channel.id}&filename=a`, { body: bytes(101) });
      expect([large.status, large.id]).toEqual([413, 'api.file.upload_file.too_large_detailed.app_error']);
      const files = [1, 2].map((n) => ({ name: 'files', filename: `${n}`, data: bytes(60) }));
      const all = send('POST', '/files', form({ name: 'channel_id', data: channel.id }, ...files));
      expect([all.status, all.id]).toEqual(
        version === '11.6'
          ? [413, 'api.context.request_body_too_large.app_error']
          : [500, 'api.file.write_file.app_error'],
      );
    }
  });

  it('is refused with another status on each version where attachments are off', () => {
    for (const [version, status] of [
      ['11.6', 403],
      ['5.37', 501],
    ] as const) {
      const { send, channel, world } = createFilesKit(version);
      world.config.patch({ FileSettings: { EnableFileAttachments: false } });
      expect(send('POST', `/files?channel_id=${channel.id}&filename=a`, { body: bytes(1) }).status).toBe(status);
      expect(send('POST', '/uploads', { body: utf8Bytes('{}') }).status).toBe(501);
    }
  });
});

describe('files of posts', () => {
  it('are those of the author that belong to no other post; others are dropped without an error', () => {
    const { upload, post, bob, alice, open } = server;
    const heard = open(alice.token);
    const [own, picture] = [upload('a.txt', bytes(3)), upload('p.png', defaultPicture('x'))];
    const other = upload('b.txt', bytes(3), bob.token);
    const made = post([own.id, picture.id, own.id, other.id, 'nothing']).json!;
    expect(made['file_ids']).toEqual([own.id, picture.id].sort());
    const files = (made['metadata'] as { files: { id: string; post_id: string }[] }).files;
    expect(files.map((file) => file.post_id)).toEqual([made['id'], made['id']]);
    expect(post([own.id]).json!['file_ids']).toBeNull();
    expect(post([]).json!['file_ids']).toEqual([]);
    expect(post(Array.from({ length: 11 }, () => own.id)).status).toBe(400);
    const posted = heard.parsed().find(({ event }) => event === 'posted')?.data;
    expect(posted).toMatchObject({ image: 'true', otherFile: 'true' });
  });

  it('are listed with a tag of their own, counted in the channel, found by a search, and go with the post', () => {
    const { upload, post, call, send, alice, channel, team } = server;
    const file = upload('report.txt', utf8Bytes('quarterly figures'));
    const search = (terms: string, path = `/teams/${team.id}/files/search`): unknown =>
      call('POST', path, { as: alice.token, body: { terms } }).json?.['order'];
    expect(search('report')).toEqual([]);
    const { json } = post([file.id]);
    const info = call('GET', `/posts/${String(json!['id'])}/files/info`, { as: alice.token });
    expect(info.headers['ETag']).toMatch(new RegExp(`^11\\.6\\.0\\.${String(json!['id'])}\\.\\d+$`));
    expect([search('report'), search('FIGURES'), search('report', '/files/search')]).toEqual(Array(3).fill([file.id]));
    expect(call('GET', `/channels/${channel.id}/stats`, { as: alice.token }).json).toMatchObject({ files_count: 1 });
    call('DELETE', `/posts/${String(json!['id'])}`, { as: alice.token });
    expect(send('GET', `/files/${file.id}`).status).toBe(404);
    expect(search('report')).toEqual([]);
  });

  it.each([
    ['11.6', 200],
    ['5.37', 403],
  ] as const)('on %s are read by a member of the channel before they are attached with %i', (version, status) => {
    const { upload, send, bob, carol } = createFilesKit(version);
    const file = upload('a.txt', bytes(3));
    expect(send('GET', `/files/${file.id}`).status).toBe(200);
    expect(send('GET', `/files/${file.id}`, { as: bob.token }).status).toBe(status);
    expect(send('GET', `/files/${file.id}`, { as: carol.token }).status).toBe(403);
  });
});

describe('a download', () => {
  const whole = bytes(1000);
  const get = (range: string | undefined, headers = {}) => {
    const file = server.upload('data.bin', whole);
    return server.send('GET', `/files/${file.id}`, { headers: { ...(range && { range }), ...headers } });
  };

  it.each([
    ['bytes=0-99', 0, 100],
    ['bytes=900-', 900, 1000],
    ['bytes=-10', 990, 1000],
    ['bytes=990-5000', 990, 1000],
    ['bytes=-5000', 0, 1000],
  ])('of %s has those bytes', (range, start, end) => {
    const answer = get(range);
    expect(answer.status).toBe(206);
    expect(answer.raw).toEqual(whole.subarray(start, end));
    expect(answer.headers['Content-Range']).toBe(`bytes ${start}-${end - 1}/1000`);
    expect(answer.headers['X-Uncompressed-Content-Length']).toBe('1000');
  });

  it.each(['bytes=1000-', 'bytes=5-2', 'bytes=a-b', 'lines=1-2', 'bytes=--1'])('of %s is refused as text', (range) => {
    const answer = get(range);
    expect(answer.status).toBe(416);
    expect(answer.text).toMatch(/^invalid range/);
  });

  it('of several ranges comes in parts, and whole if they add up to more than the file', () => {
    const parts = get('bytes=0-1,5-6');
    expect(parts.headers['Content-Type']).toMatch(/^multipart\/byteranges; boundary=/);
    expect(parts.text).toContain('Content-Range: bytes 5-6/1000');
    expect(get('bytes=0-999,0-999').status).toBe(200);
  });

  it('compares times of conditions in whole seconds', () => {
    const modified = String(get(undefined).headers['Last-Modified']);
    expect(get(undefined, { 'if-modified-since': modified }).status).toBe(304);
    expect(get('bytes=0-1', { 'if-range': modified }).status).toBe(206);
    expect(get('bytes=0-1', { 'if-range': new Date(0).toUTCString() }).status).toBe(200);
    expect(get('bytes=0-1', { 'if-range': '"tag"' }).status).toBe(200);
  });

  it('lets browsers show pictures only, and never run anything', () => {
    const kind = (name: string, query = '') => {
      const { headers } = server.send('GET', `/files/${server.upload(name, bytes(3)).id}${query}`);
      return [headers['Content-Type'], String(headers['Content-Disposition']).split(';')[0]];
    };
    expect(kind('a.png')).toEqual(['image/png', 'inline']);
    expect(kind('a.png', '?download=true')).toEqual(['image/png', 'attachment']);
    expect(kind('a.svg')).toEqual(['image/svg+xml', 'attachment']);
    expect(kind('a.html')).toEqual(['text/plain', 'attachment']);
    expect(kind('noextension')).toEqual(['application/octet-stream', 'attachment']);
  });

  it('of a smaller picture is a JPEG of that size; a text has none', () => {
    const { upload, send } = server;
    const picture = upload('p.png', defaultPicture('x'));
    const thumbnail = send('GET', `/files/${picture.id}/thumbnail`);
    expect(thumbnail.headers['Content-Type']).toBe('image/jpeg');
    expect(pictureSize(thumbnail.raw)).toEqual({ type: 'image/jpeg', width: 100, height: 100 });
    expect(pictureSize(send('GET', `/files/${picture.id}/preview`).raw)).toMatchObject({ width: 128, height: 128 });
    const text = upload('t.txt', bytes(3));
    expect(send('GET', `/files/${text.id}/thumbnail`)).toMatchObject({
      status: 400,
      id: 'api.file.get_file_thumbnail.no_thumbnail.app_error',
    });
  });

  it('by a public link needs the hash and the setting, but no session', () => {
    const { upload, post, send, world } = server;
    const file = upload('a.txt', bytes(3));
    expect(send('GET', `/files/${file.id}/link`).status).toBe(403);
    world.config.patch({ FileSettings: { EnablePublicLink: true } });
    expect(send('GET', `/files/${file.id}/link`).status).toBe(400);
    post([file.id]);
    const { pathname, search } = new URL(String(send('GET', `/files/${file.id}/link`).json!['link']), 'http://x');
    expect(send('GET', pathname + search, { as: '' }).raw).toEqual(bytes(3));
    expect(send('GET', `${pathname}?h=wrong`, { as: '' })).toMatchObject({ status: 400 });
    expect(send('POST', pathname + search, { as: '' }).status).toBe(405);
  });
});

describe('an upload in parts', () => {
  const mib = 1024 * 1024;
  const start = (size: number, more = {}) => {
    const body = utf8Bytes(
      JSON.stringify({ channel_id: server.channel.id, filename: 'big.bin', file_size: size, ...more }),
    );
    return String(server.send('POST', '/uploads', { body }).json!['id']);
  };
  const sendPart = (id: string, body: Uint8Array, more = {}) =>
    server.send('POST', `/uploads/${id}`, { body, ...more });
  const offset = (id: string) => server.send('GET', `/uploads/${id}`).json?.['file_offset'];

  it('takes a first part of 5 MiB at least, then any, and ends in the file', () => {
    const whole = bytes(5 * mib + 10);
    const id = start(whole.length);
    expect(sendPart(id, whole.subarray(0, 5 * mib - 1)).id).toBe(
      'app.upload.upload_data.first_part_too_small.app_error',
    );
    expect(offset(id)).toBe(0);
    expect(sendPart(id, whole.subarray(0, 5 * mib)).status).toBe(204);
    expect(sendPart(id, new Uint8Array()).status).toBe(204);
    expect(sendPart(id, whole.subarray(5 * mib, 5 * mib + 1)).status).toBe(204);
    expect(offset(id)).toBe(5 * mib + 1);
    const done = sendPart(id, whole.subarray(5 * mib + 1));
    expect(done).toMatchObject({ status: 200, json: { name: 'big.bin', size: whole.length } });
    expect([sendPart(id, whole).status, server.send('GET', `/uploads/${id}`).status]).toEqual([404, 404]);
    const stored = server.send('GET', `/files/${String(done.json!['id'])}`).raw;
    expect(Buffer.compare(stored, whole)).toBe(0);
  });

  it('refuses a length beyond the end, and cuts a body without a length', () => {
    const id = start(10);
    expect(sendPart(id, bytes(11), { headers: { 'content-length': '11' } }).id).toBe(
      'api.upload.upload_data.invalid_content_length',
    );
    expect(sendPart(id, bytes(11)).json).toMatchObject({ size: 10 });
  });

  it('keeps the bytes before the end of a connection, except of a first part that is too small', () => {
    const id = start(6 * mib);
    sendPart(id, bytes(mib), { cutOff: 0 });
    expect(offset(id)).toBe(0);
    sendPart(id, bytes(5 * mib + 7), { cutOff: 0 });
    expect(offset(id)).toBe(5 * mib + 7);
  });

  it('is closed to others while a dead connection has not been noticed', () => {
    const id = start(6 * mib);
    sendPart(id, bytes(5 * mib), { cutOff: 1000 });
    expect(offset(id)).toBe(0);
    expect(sendPart(id, bytes(5 * mib)).id).toBe('app.upload.upload_data.concurrent.app_error');
    server.pass(1000);
    expect(offset(id)).toBe(5 * mib);
  });

  it('is of one user, and is listed until it is finished', () => {
    const id = start(10);
    const { send, bob, alice } = server;
    expect(send('GET', `/uploads/${id}`, { as: bob.token }).status).toBe(403);
    expect(sendPart(id, bytes(10), { as: bob.token }).status).toBe(403);
    const list = (): unknown => JSON.parse(send('GET', `/users/${alice.id}/uploads`).text);
    expect(list()).toMatchObject([{ id, file_size: 10 }]);
    sendPart(id, bytes(10));
    expect(list()).toEqual([]);
  });

  it('of an archive to import is for admins, who find it in the list of imports', () => {
    const { send, admin } = server;
    const body = utf8Bytes(JSON.stringify({ filename: 'i.zip', file_size: 3, type: 'import' }));
    expect(send('POST', '/uploads', { body }).status).toBe(403);
    const as = admin.token;
    const id = String(send('POST', '/uploads', { body, as }).json!['id']);
    expect(send('POST', `/uploads/${id}`, { body: bytes(3), as }).status).toBe(200);
    expect(send('GET', '/imports', { as }).text).toBe(`["${id}_i.zip"]`);
    expect(send('DELETE', `/imports/${id}_i.zip`, { as }).status).toBe(200);
    expect(send('GET', '/imports', { as }).text).toBe('[]');
  });
});
