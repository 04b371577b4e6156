import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { record } from '../../conformance/kit/tape.js';
import { openStage, patienceMs } from '../support/stage.js';

describe.each(['11.6', '5.37'] as const)('presence on %s', (version) => {
  it('shows whoever posts as online before it is asked for again, and the server agrees', async () => {
    const stage = await openStage({ version });
    const alice = stage.client(stage.alice.token, { idleCloseMs: 1 });
    const opened = record(alice.connection.open(), patienceMs);
    await opened.find('Alice to be online', ({ status }) => status === 'ready');
    opened.stop();
    const { client } = await stage.watch();
    await expect.poll(async () => (await client.status.getUserStatus(stage.alice.id)).status).toBe('offline');
    const statuses = record(client.presence.of([stage.alice.id]), patienceMs);
    await statuses.find('Alice to be offline', (map) => map.get(stage.alice.id)?.status === 'offline');
    await alice.posts.createPost({ channel_id: stage.channelId, message: 'back' });
    await statuses.find('Alice to be online', (map) => map.get(stage.alice.id)?.status === 'online');
    expect((await client.status.getUserStatus(stage.alice.id)).status).toBe('online');
  });

  it('keeps a status that was set by hand, whatever is posted', async () => {
    const stage = await openStage({ version });
    const alice = stage.client(stage.alice.token);
    await lastValueFrom(alice.presence.set('away'));
    const { client } = await stage.watch();
    const posted = record(client.events.on('posted'), patienceMs);
    const statuses = record(client.presence.of([stage.alice.id]), patienceMs);
    await statuses.find('Alice to be away', (map) => map.get(stage.alice.id)?.status === 'away');
    await alice.posts.createPost({ channel_id: stage.channelId, message: 'still away' });
    await posted.find('the post', ({ data }) => data.post.message === 'still away');
    expect(statuses.items).toHaveLength(1);
    expect((await client.status.getUserStatus(stage.alice.id)).status).toBe('away');
  });
});
