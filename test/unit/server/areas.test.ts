import { describe, expect, it } from 'vitest';
import { apiRoutes, rootRoutes } from '../../../src/server/generated/routes.js';
import { areas } from '../../../src/server/areas/all.js';
import { createKit } from './kit.js';

/** A team of alice (its admin), bob and carol with a channel of all three. */
function createPlace(version: '11.6' | '5.37' = '11.6') {
  const kit = createKit(version);
  const alice = kit.createUser({ username: 'alice' });
  const bob = kit.createUser({ username: 'bob' });
  const carol = kit.createUser({ username: 'carol' });
  const admin = kit.call('POST', '/teams', {
    as: alice.token,
    body: { name: 'crew', display_name: 'Crew', type: 'O' },
  });
  const teamId = String(admin.id);
  for (const { id } of [bob, carol])
    kit.call('POST', `/teams/${teamId}/members`, { as: alice.token, body: { team_id: teamId, user_id: id } });
  const made = kit.call('POST', '/channels', {
    as: alice.token,
    body: { team_id: teamId, name: 'deck', display_name: 'Deck', type: 'O' },
  });
  const channelId = String(made.id);
  for (const { id } of [bob, carol])
    kit.call('POST', `/channels/${channelId}/members`, { as: alice.token, body: { user_id: id } });
  // Later than the system posts about all this.
  kit.pass(10);
  const post = (as: string, message: string, more: object = {}) =>
    kit.call('POST', '/posts', { as, body: { channel_id: channelId, message, ...more } });
  return { kit, alice, bob, carol, teamId, channelId, post };
}

const idsOf = (list: Record<string, unknown> | undefined): string[] => (list?.['order'] as string[] | undefined) ?? [];

describe('the areas', () => {
  it('have one handler per operation, and none for anything else', () => {
    const names = areas.flatMap(({ handlers = {} }) => Object.keys(handlers));
    const routes = new Set([...apiRoutes, ...rootRoutes].map(([id]) => id));
    expect(names.filter((name) => !routes.has(name))).toEqual([]);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});

describe('teams', () => {
  it('add a new member to the default channels and announce it', () => {
    const { kit, alice, teamId } = createPlace();
    const dave = kit.createUser({ username: 'dave' });
    const socket = kit.open(alice.token);
    kit.call('POST', `/teams/${teamId}/members`, { as: alice.token, body: { team_id: teamId, user_id: dave.id } });
    const events = socket
      .parsed()
      .flatMap(({ event }) => (event && event !== 'hello' && event !== 'status_change' ? [event] : []));
    expect(events).toEqual(['posted', 'user_added', 'posted', 'user_added']);
    const channels = kit.call('GET', `/users/me/teams/${teamId}/channels`, { as: dave.token });
    expect((channels.json as unknown as { name: string }[]).map(({ name }) => name)).toEqual([
      'off-topic',
      'town-square',
    ]);
  });

  it('show the invite id to those who may invite, and the e-mail address to admins', () => {
    const { kit, alice, bob, teamId } = createPlace();
    const byAdmin = kit.call('GET', `/teams/${teamId}`, { as: alice.token }).json;
    const byMember = kit.call('GET', `/teams/${teamId}`, { as: bob.token }).json;
    expect(byAdmin?.['email']).toBe('alice@example.test');
    expect(byMember?.['email']).toBe('');
    expect(byMember?.['invite_id']).toHaveLength(26);
  });

  it('announce their deletion to everybody on 5.37, and only to members on 11.6', () => {
    for (const [version, announced] of [
      ['11.6', false],
      ['5.37', true],
    ] as const) {
      const { kit, alice, teamId } = createPlace(version);
      const socket = kit.open(kit.createUser({ username: 'stranger' }).token);
      kit.call('DELETE', `/teams/${teamId}`, { as: alice.token });
      expect(socket.parsed().some(({ event }) => event === 'delete_team')).toBe(announced);
    }
  });
});

describe('posts', () => {
  it('name only the recipient in mentions on 11.6, and all mentioned users on 5.37', () => {
    for (const version of ['11.6', '5.37'] as const) {
      const { kit, alice, bob, carol, post } = createPlace(version);
      const sockets = [bob, carol].map(({ token }) => kit.open(token));
      post(alice.token, 'ahoy @bob and @carol');
      const mentions = sockets.map(
        (socket) => socket.parsed().find(({ event }) => event === 'posted')?.data?.['mentions'],
      );
      const both = JSON.stringify([bob.id, carol.id]);
      expect(mentions).toEqual(
        version === '11.6' ? [JSON.stringify([bob.id]), JSON.stringify([carol.id])] : [both, both],
      );
    }
  });

  it('are created once per pending key, for 30 s from the first request', () => {
    const { kit, alice, post } = createPlace();
    const first = post(alice.token, 'once', { pending_post_id: 'key' });
    kit.pass(29_000);
    const again = post(alice.token, 'another text', { pending_post_id: 'key' });
    expect([again.status, again.id, again.json?.['pending_post_id']]).toEqual([201, first.id, '']);
    kit.pass(1_000);
    expect(post(alice.token, 'once', { pending_post_id: 'key' }).id).not.toBe(first.id);
  });

  it('refuse a key whose post was deleted', () => {
    const { kit, alice, post } = createPlace();
    const made = post(alice.token, 'once', { pending_post_id: 'key' });
    kit.call('DELETE', `/posts/${String(made.id)}`, { as: alice.token });
    expect(post(alice.token, 'once', { pending_post_id: 'key' }).id).toBe(
      'api.post.deduplicate_create_post.failed_to_get',
    );
  });

  it('are skipped by a cursor of their own millisecond, and found by page number', () => {
    const { kit, alice, channelId, post } = createPlace();
    const ids = Array.from({ length: 6 }, (_, n) => String(post(alice.token, `same moment ${n}`).id));
    const list = (query: string) =>
      idsOf(kit.call('GET', `/channels/${channelId}/posts?${query}`, { as: alice.token }).json);
    const paged = [0, 1, 2].flatMap((page) => list(`page=${page}&per_page=2`));
    expect(new Set(paged)).toEqual(new Set(ids));
    expect(list(`before=${ids[0]}`).filter((id) => ids.includes(id))).toEqual([]);
  });

  it('come from since with deleted posts and old versions, strictly later', () => {
    const { kit, alice, channelId, post } = createPlace();
    const kept = post(alice.token, 'kept');
    const since = Number(kept.json?.['update_at']);
    kit.pass(10);
    const edited = String(post(alice.token, 'first').id);
    const deleted = String(post(alice.token, 'gone soon').id);
    kit.pass(10);
    kit.call('PUT', `/posts/${edited}/patch`, { as: alice.token, body: { message: 'second' } });
    kit.call('DELETE', `/posts/${deleted}`, { as: alice.token });
    const answer = kit.call('GET', `/channels/${channelId}/posts?since=${since}`, { as: alice.token }).json;
    const posts = answer?.['posts'] as Record<string, { delete_at: number; message: string; original_id: string }>;
    expect(idsOf(answer)).not.toContain(kept.id);
    expect(posts[deleted]).toMatchObject({ message: '' });
    expect(posts[deleted]?.delete_at).toBeGreaterThan(0);
    expect(Object.values(posts).filter(({ original_id }) => original_id === edited)).toHaveLength(1);
  });

  it('count replies at the root, and make their authors follow', () => {
    const { kit, alice, bob, teamId, post } = createPlace();
    const root = String(post(alice.token, 'a question').id);
    const socket = kit.open(alice.token);
    post(bob.token, 'an answer', { root_id: root });
    expect(kit.call('GET', `/posts/${root}`, { as: alice.token }).json).toMatchObject({ reply_count: 1 });
    expect(socket.parsed().some(({ event }) => event === 'thread_updated')).toBe(true);
    const threads = kit.call('GET', `/users/me/teams/${teamId}/threads`, { as: alice.token }).json;
    expect(threads).toMatchObject({ total: 1, total_unread_threads: 1 });
  });

  it('are announced to admins and to others in two copies when deleted', () => {
    const { kit, alice, bob, post } = createPlace();
    const id = String(post(alice.token, 'soon gone').id);
    const socket = kit.open(bob.token);
    kit.call('DELETE', `/posts/${id}`, { as: alice.token });
    const heard = socket.parsed().filter(({ event }) => event === 'post_deleted');
    expect(heard).toHaveLength(1);
    expect(heard[0]?.data).not.toHaveProperty('delete_by');
  });

  it('end the connection for a thread page of negative size, where 11.6 crashes', () => {
    const { kit, alice, post } = createPlace();
    const id = String(post(alice.token, 'x').id);
    expect(() => kit.call('GET', `/posts/${id}/thread?perPage=-1`, { as: alice.token })).toThrow();
  });
});

describe('reading', () => {
  it('counts what is unread until the channel is viewed', () => {
    const { kit, alice, bob, channelId, post } = createPlace();
    const unread = () => kit.call('GET', `/users/me/channels/${channelId}/unread`, { as: bob.token }).json;
    // Being added to a channel is a mention.
    expect(unread()).toMatchObject({ msg_count: 0, mention_count: 1 });
    kit.call('POST', '/channels/members/me/view', { as: bob.token, body: { channel_id: channelId } });
    post(alice.token, 'one');
    post(alice.token, 'two for @bob');
    expect(unread()).toMatchObject({ msg_count: 2, mention_count: 1 });
    kit.call('POST', '/channels/members/me/view', { as: bob.token, body: { channel_id: channelId } });
    expect(unread()).toMatchObject({ msg_count: 0, mention_count: 0 });
  });

  it('hides from others when a member was last there, on 11.6', () => {
    const { kit, alice, bob, channelId } = createPlace();
    const seen = (as: string) =>
      kit.call('GET', `/channels/${channelId}/members/${bob.id}`, { as }).json?.['last_viewed_at'];
    expect(seen(alice.token)).toBe(-1);
    expect(seen(bob.token)).toBeGreaterThanOrEqual(0);
  });
});

describe('preferences', () => {
  it('send the event of the sidebar first, then the change', () => {
    const { kit, alice } = createPlace();
    const socket = kit.open(alice.token);
    const body = [{ user_id: alice.id, category: 'display_settings', name: 'clock', value: '24' }];
    kit.call('PUT', '/users/me/preferences', { as: alice.token, body });
    expect(socket.parsed().flatMap(({ event }) => (event?.match(/sidebar|preferences/) ? [event] : []))).toEqual([
      'sidebar_category_updated',
      'preferences_changed',
    ]);
  });

  it('refuse those of another user', () => {
    const { kit, alice, bob } = createPlace();
    const body = [{ user_id: bob.id, category: 'a', name: 'b', value: 'c' }];
    expect(kit.call('PUT', '/users/me/preferences', { as: alice.token, body }).id).toBe(
      'api.preference.update_preferences.set.app_error',
    );
  });
});

describe('OAuth', () => {
  const metadata = '/.well-known/oauth-authorization-server';

  it('answers its addresses outside of the API, below that of the site', () => {
    const kit = createKit('11.6', { ServiceSettings: { SiteURL: 'https://chat.test/mm' } });
    const { status, json } = kit.call('GET', `/mm${metadata}`, { beside: true });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      issuer: 'https://chat.test/mm',
      token_endpoint: 'https://chat.test/mm/oauth/access_token',
    });
    expect(json).not.toHaveProperty('registration_endpoint');
  });

  it('refuses where it is disabled', () => {
    const kit = createKit('11.6', { ServiceSettings: { EnableOAuthServiceProvider: false } });
    expect(kit.call('GET', metadata, { beside: true })).toMatchObject({
      status: 501,
      id: 'api.oauth.authorization_server_metadata.disabled.app_error',
    });
  });
});
