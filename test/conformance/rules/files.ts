import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import {
  ForbiddenError,
  NotFoundError,
  PayloadTooLargeError,
  resumableDownload,
  resumableUpload,
  uploadFile,
  type FileSource,
} from '../../../src/index.js';
import { listen } from '../kit/ear.js';
import { emojiForm } from '../kit/emoji-form.js';
import { png } from '../kit/png.js';
import { refusal, refusedWith } from '../kit/refusal.js';
import type { Chapter } from '../kit/rules.js';
import { randomName, unknownId } from '../kit/names.js';

const mebibyte = 1024 * 1024;

async function readBlob(blob: Blob): Promise<Buffer> {
  return Buffer.from(await blob.arrayBuffer());
}

/** Files, pictures and emoji: what goes up comes down, whatever the connection does. */
export const files: Chapter = (rule) => {
  rule(
    'bytes, a Blob and a stream go up as they are, and come down again; a member sees them with the post',
    async (world) => {
      const { alice, bob, carol } = world;
      const room = await world.room(alice, bob);
      const ear = await listen(world, bob.client);
      const bytes = new Uint8Array(randomBytes(70_000));
      const sources: readonly FileSource[] = [bytes, new Blob([bytes]), new Blob([bytes]).stream()];
      const ids: string[] = [];
      for (const [at, source] of sources.entries()) {
        const info = await uploadFile(alice.client.files, source, { channelId: room.id, filename: `data ${at}.bin` });
        expect(info).toMatchObject({ name: `data ${at}.bin`, extension: 'bin', size: bytes.length, user_id: alice.id });
        ids.push(info.id);
      }
      await refusal('getFile', carol.client.files.getFile(ids[0]!), ForbiddenError);
      const post = await alice.client.posts.createPost({ channel_id: room.id, message: 'files', file_ids: ids });
      const { data } = await ear.hears('posted', (event) => event.data.post.id === post.id);
      expect([...(data.post.file_ids ?? [])].sort()).toEqual([...ids].sort());
      for (const id of ids) expect((await readBlob(await bob.client.files.getFile(id))).equals(bytes)).toBe(true);
      expect((await bob.client.posts.getFileInfosForPost(post.id)).map(({ id }) => id).sort()).toEqual([...ids].sort());
      await refusedWith('getFile', bob.client.files.getFile(unknownId()), 400, 404);
    },
  );

  rule('the progress of an upload grows to the whole, and ends in the file', async (world) => {
    const room = await world.room(world.alice);
    const size = 3 * mebibyte;
    const loaded: number[] = [];
    let name = '';
    const upload = uploadFile(world.alice.client.files, new Uint8Array(size), {
      channelId: room.id,
      filename: 'big.bin',
    });
    await upload.progress().forEach((event) => {
      if (event.type === 'done') name = event.value.name;
      else if (event.type === 'upload') loaded.push(event.loadedBytes);
    });
    expect(name).toBe('big.bin');
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(loaded.at(-1)).toBe(size);
  });

  rule('a picture has a size, a preview and a thumbnail', async (world) => {
    const { alice } = world;
    const room = await world.room(alice);
    const picture = png(300, [20, 90, 160]);
    const info = await uploadFile(alice.client.files, new Blob([picture]), { channelId: room.id, filename: 'a.png' });
    expect(info).toMatchObject({ width: 300, height: 300, has_preview_image: true, mime_type: 'image/png' });
    await alice.client.posts.createPost({ channel_id: room.id, message: 'picture', file_ids: [info.id] });
    const { files } = alice.client;
    expect((await readBlob(await files.getFile(info.id))).equals(picture)).toBe(true);
    for (const smaller of [await files.getFilePreview(info.id), await files.getFileThumbnail(info.id)]) {
      expect(smaller.type).toMatch(/^image\//);
      expect(smaller.size).toBeGreaterThan(0);
    }
    const text = await uploadFile(alice.client.files, new Blob(['text']), { channelId: room.id, filename: 'a.txt' });
    await refusedWith('getFileThumbnail', files.getFileThumbnail(text.id), 400);
  });

  rule('an upload in parts survives a broken connection, and no byte is wrong', async (world) => {
    const { alice } = world;
    const room = await world.room(alice);
    const proxy = await world.proxy();
    const { files } = world.client({ token: alice.token }, { url: proxy.url });
    const bytes = new Uint8Array(randomBytes(13 * mebibyte));
    proxy.breakAfter(5.5 * mebibyte);
    let sessions = 0;
    const info = await resumableUpload(files, bytes, {
      channelId: room.id,
      filename: 'parts.bin',
      chunkBytes: 6 * mebibyte,
      baseMs: 20,
      onSession: () => sessions++,
    });
    expect(proxy.broken).toBe(1);
    expect(sessions).toBe(1);
    expect(info).toMatchObject({ name: 'parts.bin', size: bytes.length });
    expect((await readBlob(await alice.client.files.getFile(info.id))).equals(bytes)).toBe(true);
    expect(await alice.client.users.getUploadsForUser(alice.id)).toEqual([]);
  });

  rule('a download survives a broken connection; a range of a file is what was requested', async (world) => {
    const { alice } = world;
    const room = await world.room(alice);
    const bytes = new Uint8Array(randomBytes(3 * mebibyte));
    const { id } = await uploadFile(alice.client.files, bytes, { channelId: room.id, filename: 'down.bin' });
    const proxy = await world.proxy();
    const { files } = world.client({ token: alice.token }, { url: proxy.url });
    proxy.breakAfter(mebibyte);
    const whole = await resumableDownload(files.getFile(id), { baseMs: 20 });
    expect(proxy.broken).toBe(1);
    expect((await readBlob(whole)).equals(bytes)).toBe(true);
    const part = await resumableDownload(files.getFile(id), { start: 1000, end: 5000 });
    expect((await readBlob(part)).equals(bytes.subarray(1000, 5000))).toBe(true);
    const beyond = resumableDownload(files.getFile(id), { start: bytes.length + 1 });
    await refusedWith('getFile', beyond, 416);
  });

  rule('a file that is too large is refused with a specific error', async (world) => {
    const { alice, channel, config } = world;
    const most = Number(config['MaxFileSize']);
    const upload = alice.client.files.createUpload({
      channel_id: channel.id,
      filename: 'huge.bin',
      file_size: most + 1,
    });
    await refusal('createUpload', upload, PayloadTooLargeError);
  });

  rule('files are found by their names, in the channels of the user', async (world) => {
    const { alice, bob, carol, team } = world;
    const room = await world.room(alice, bob);
    const word = randomName('needle');
    const info = await uploadFile(alice.client.files, new Blob(['text']), {
      channelId: room.id,
      filename: `${word}.txt`,
    });
    await alice.client.posts.createPost({ channel_id: room.id, message: 'file', file_ids: [info.id] });
    const search = { terms: word, is_or_search: false };
    expect((await bob.client.files.searchFilesInTeam(team.id, search)).order).toEqual([info.id]);
    const elsewhere = carol.client.files.searchFilesInTeam(team.id, search);
    const found = await Promise.resolve(elsewhere).then(
      ({ order }) => order,
      (error: unknown) => {
        expect(error).toBeInstanceOf(ForbiddenError);
        return [];
      },
    );
    expect(found).toEqual([]);
  });

  rule('an emoji is created, found, shown, used and removed, and everybody gets the event', async (world) => {
    const { admin, adminUser, alice, bob, config } = world;
    world.needAdmin();
    world.need(config['EnableCustomEmoji'] === 'true', 'custom emoji are switched off');
    const ear = await listen(world, bob.client);
    const name = randomName('emoji');
    const made = await admin.emoji.createEmoji(emojiForm(name, adminUser.id, png(32, [250, 200, 10])));
    await ear.hears('emoji_added', ({ data }) => data.emoji.id === made.id);
    expect(await bob.client.emoji.getEmojiByName(name)).toMatchObject({ id: made.id, creator_id: adminUser.id });
    expect((await bob.client.emoji.searchEmoji({ term: name })).map(({ id }) => id)).toEqual([made.id]);
    expect((await bob.client.emoji.getEmojiImage(made.id)).type).toMatch(/^image\//);
    const room = await world.room(alice, bob);
    const post = await bob.client.posts.createPost({ channel_id: room.id, message: `:${name}:` });
    await alice.client.reactions.saveReaction({ user_id: alice.id, post_id: post.id, emoji_name: name });
    const { data } = await ear.hears('reaction_added', (event) => event.data.reaction.post_id === post.id);
    expect(data.reaction.emoji_name).toBe(name);
    await refusal('deleteEmoji', alice.client.emoji.deleteEmoji(made.id), ForbiddenError);
    await admin.emoji.deleteEmoji(made.id);
    await refusal('getEmoji', bob.client.emoji.getEmoji(made.id), NotFoundError);
  });

  rule('a team has a picture until it is removed', async (world) => {
    const { admin, alice, team } = world;
    world.needAdmin();
    const { teams } = admin;
    await teams.setTeamIcon(team.id, png(64, [9, 9, 9]));
    expect((await alice.client.teams.getTeamIcon(team.id)).type).toMatch(/^image\//);
    await refusal('setTeamIcon', alice.client.teams.setTeamIcon(team.id, png(64, [9, 9, 9])), ForbiddenError);
    expect((await teams.getTeam(team.id)).last_team_icon_update).toBeGreaterThan(0);
    await teams.removeTeamIcon(team.id);
    // The picture itself stays where it was.
    expect((await teams.getTeam(team.id)).last_team_icon_update ?? 0).toBe(0);
  });
};
