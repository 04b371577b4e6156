import { beforeEach, describe, expect, it } from 'vitest';
import { utf8Bytes } from '../../../src/server/base/text.js';
import { defaultPicture } from '../../../src/server/files/default-picture.js';
import { bytes, createFilesKit, form } from './files-kit.js';

let server: ReturnType<typeof createFilesKit>;
beforeEach(() => {
  server = createFilesKit();
});

describe('emoji', () => {
  const create = (name: string, { image = defaultPicture('x'), as = server.alice } = {}) =>
    server.send('POST', '/emoji', {
      as: as.token,
      ...form(
        { name: 'image', filename: 'e.png', data: image },
        { name: 'emoji', data: JSON.stringify({ name, creator_id: as.id }) },
      ),
    });

  it('have a name of their own and a picture that is not too large', () => {
    const heard = server.open(server.bob.token);
    expect(create('party').status).toBe(200);
    expect(heard.parsed().some(({ event }) => event === 'emoji_added')).toBe(true);
    expect(create('party').id).toBe('api.emoji.create.duplicate.app_error');
    expect(create('smile').id).toBe('model.emoji.system_emoji_name.app_error');
    expect(create('no spaces').id).toBe('model.emoji.name.app_error');
    expect(create('x', { image: utf8Bytes('no picture') }).id).toBe('api.emoji.upload.image.app_error');
    expect(create('x', { image: bytes(512 * 1024 + 1) }).status).toBe(413);
  });

  it('are listed by name, found, and used in reactions until they are deleted', () => {
    const { send, call, bob, alice, channel, createPost } = server;
    for (const name of ['zeta', 'alpha']) create(name);
    const names = (text: string) => (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
    expect(names(send('GET', '/emoji?sort=name').text)).toEqual(['alpha', 'zeta']);
    expect(names(send('GET', '/emoji?page=1&per_page=1').text)).toEqual(['alpha']);
    expect(names(send('GET', '/emoji/autocomplete?name=al').text)).toEqual(['alpha']);
    const found = send('GET', '/emoji/name/alpha').json!;
    expect(send('GET', `/emoji/${String(found['id'])}/image`).headers['Content-Type']).toBe('image/png');
    const post = createPost({ channel, by: alice, message: ':zeta:' });
    const reaction = { user_id: bob.id, post_id: post.id, emoji_name: 'alpha' };
    expect(call('POST', '/reactions', { as: bob.token, body: reaction }).status).toBe(200);
    const emojis = () =>
      (call('GET', `/posts/${post.id}`, { as: bob.token }).json!['metadata'] as { emojis?: { name: string }[] }).emojis;
    expect(emojis()?.map(({ name }) => name)).toEqual(['zeta', 'alpha']);
    expect(send('DELETE', `/emoji/${String(found['id'])}`, { as: bob.token }).status).toBe(403);
    expect(send('DELETE', `/emoji/${String(found['id'])}`).status).toBe(200);
    expect(emojis()?.map(({ name }) => name)).toEqual(['zeta']);
    expect(call('POST', '/reactions', { as: bob.token, body: reaction }).status).toBe(404);
    expect(create('alpha').status).toBe(200);
  });
});
