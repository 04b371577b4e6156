import { lastValueFrom } from 'rxjs';
import { expect } from 'vitest';
import type { Chapter } from '../kit/rules.js';
import { openSocket } from '../kit/socket.js';

export const presence: Chapter = (rule) => {
  rule('the status that a user sets is seen by others who ask', async (world) => {
    const { alice, bob } = world;
    await lastValueFrom(alice.client.presence.set('dnd'));
    const statuses = world.record(bob.client.presence.of([alice.id]));
    await statuses.find('Alice not to be disturbed', (map) => map.get(alice.id)?.status === 'dnd');
    await lastValueFrom(alice.client.presence.set('online'));
  });

  rule('the own status follows what is set here and elsewhere', async (world) => {
    const someone = await world.person();
    const { client } = await world.login(someone);
    await openSocket(world, client);
    const mine = world.record(client.presence.mine$);
    await lastValueFrom(client.presence.set('away'));
    await mine.find('to be away', ({ status }) => status === 'away');
    await lastValueFrom(someone.client.presence.set('dnd'));
    await mine.find('not to be disturbed', ({ status }) => status === 'dnd');
  });

  rule('unknown users are offline, as the server says', async (world) => {
    const statuses = world.record(world.bob.client.presence.of([world.carol.id, world.alice.id]));
    await statuses.find('both', (map) => map.has(world.carol.id) && map.has(world.alice.id));
    expect(statuses.end).toBeUndefined();
  });
};
