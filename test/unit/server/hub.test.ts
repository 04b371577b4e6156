import { describe, expect, it } from 'vitest';
import { createKit, noise } from './kit.js';

describe('frames', () => {
  it('11.6 writes broadcasts with spaces and without a newline; hello and replies are compact', () => {
    const kit = createKit('11.6');
    const { id, token } = kit.createUser({ username: 'alice' });
    const socket = kit.open(token);
    kit.world.store.emit({ event: 'noise', data: { b: '<&>\u2028', a: 1 }, to: { userId: id } });
    socket.send({ seq: 7, action: 'ping' });
    expect(socket.frames[0]).toMatch(/^\{"event":"hello","data":\{"connection_id":"\w{26}",.*"seq":0\}\n$/);
    expect(socket.frames[2]).toBe(
      `{"event": "noise", "data": {"a":1,"b":"\\u003c\\u0026\\u003e\\u2028"}, "broadcast": {"omit_users":null,"user_id":"${id}","channel_id":"","team_id":"","connection_id":"","omit_connection_id":""}, "seq": 2}`,
    );
    expect(socket.frames[3]).toMatch(
      /^\{"status":"OK","seq_reply":7,"data":\{"node_id":"","server_time":\d+,.*\}\}\n$/,
    );
  });

  it('5.37 sends everything compact, and four keys of the broadcast', () => {
    const kit = createKit('5.37');
    const { id, token } = kit.createUser({ username: 'alice' });
    const socket = kit.open(token);
    expect(socket.frames[1]).toBe(
      `{"event":"status_change","data":{"status":"online","user_id":"${id}"},"broadcast":{"omit_users":null,"user_id":"${id}","channel_id":"","team_id":""},"seq":1}\n`,
    );
  });

  it('a hook changes an event for one recipient, withholds it from another, and leaves it as it is for the rest', () => {
    const kit = createKit();
    const people = ['alice', 'bob', 'carol'].map((username) => kit.createUser({ username }));
    const sockets = people.map(({ token }) => kit.open(token));
    kit.world.store.emit({
      event: 'noise',
      data: { a: 1 },
      to: {},
      hook: (data, { userId }) =>
        userId === people[0]?.id ? { ...data, mentions: '[]' } : userId === people[1]?.id ? null : data,
    });
    expect(sockets.map(({ frames }) => frames.at(-1)?.slice(0, 18))).toEqual([
      '{"event":"noise","',
      '{"event": "status_',
      '{"event": "noise",',
    ]);
  });
});

describe('delivery', () => {
  it('follows user, channel, omitted users and the copies for admins', () => {
    const kit = createKit();
    const admin = kit.createUser({ username: 'admin', admin: true });
    const alice = kit.createUser({ username: 'alice' });
    const bob = kit.createUser({ username: 'bob' });
    const room = kit.room(alice.id, bob.id);
    const sockets = { admin: kit.open(admin.token), alice: kit.open(alice.token), bob: kit.open(bob.token) };
    const emit = kit.world.store.emit;
    emit({ event: 'all', data: {}, to: {} });
    emit({ event: 'user', data: {}, to: { userId: bob.id, channelId: room } });
    emit({ event: 'channel', data: {}, to: { channelId: room, omitUsers: [alice.id] } });
    emit({ event: 'admins', data: {}, to: { copy: 'admins' } });
    emit({ event: 'others', data: {}, to: { copy: 'others' } });
    const heard = (name: keyof typeof sockets) =>
      sockets[name]
        .events()
        .slice(2)
        .map((text) => text.split(' ')[0]);
    expect(heard('admin')).toEqual(['all', 'admins']);
    expect(heard('alice')).toEqual(['all', 'others']);
    expect(heard('bob')).toEqual(['all', 'user', 'channel', 'others']);
  });

  it('typing is withheld only if channel, thread and thread view are all declared as other channels', () => {
    const kit = createKit();
    const alice = kit.createUser({ username: 'alice' });
    const bob = kit.createUser({ username: 'bob' });
    const room = kit.room(alice.id, bob.id);
    const socket = kit.open(bob.token);
    const typed = () => {
      const before = socket.events().length;
      kit.call('POST', '/users/me/typing', { as: alice.token, body: { channel_id: room } });
      return socket.events().length - before;
    };
    expect(typed()).toBe(1);
    socket.send({ seq: 1, action: 'presence', data: { channel_id: '' } });
    socket.send({ seq: 2, action: 'presence', data: { thread_channel_id: '' } });
    expect(typed()).toBe(1);
    socket.send({ seq: 3, action: 'presence', data: { thread_channel_id: 'x', is_thread_view: true } });
    expect(typed()).toBe(0);
    socket.send({ seq: 4, action: 'presence', data: { channel_id: '<>' } });
    expect(typed()).toBe(1);
  });
});

describe('back-pressure', () => {
  it('drops typing from 128 queued messages on, and ends the connection with an empty close frame above 256', () => {
    const kit = createKit();
    const { id, token } = kit.createUser({ username: 'alice' });
    const socket = kit.open(token);
    socket.state.writable = false;
    socket.socket.onStall();
    noise(kit, id, 128);
    kit.world.store.emit({ event: 'typing', data: {}, to: { userId: id } });
    noise(kit, id, 129);
    socket.state.writable = true;
    socket.socket.onDrain();
    const events = socket.events();
    expect(events).toHaveLength(2 + 256);
    expect(events.at(-1)).toBe('noise 257');
    expect(events.some((event) => event.startsWith('typing'))).toBe(false);
    expect(socket.ends).toEqual([undefined]);
  });

  it('cuts a peer that reads nothing for 30 s', () => {
    const kit = createKit();
    const socket = kit.open(kit.createUser({ username: 'alice' }).token);
    socket.state.writable = false;
    socket.socket.onStall();
    kit.pass(29_999);
    expect(socket.ends).toEqual([]);
    kit.pass(1);
    expect(socket.ends).toEqual(['cut']);
  });
});

describe('a socket', () => {
  it('without a credential receives nothing and is cut after 5 s', () => {
    const kit = createKit();
    const socket = kit.open('notavalidtokennotavalidtok');
    socket.send({ seq: 1, action: 'ping' });
    kit.pass(4_999);
    expect([socket.frames, socket.ends]).toEqual([[], []]);
    kit.pass(1);
    expect(socket.ends).toEqual(['cut']);
  });

  it('is authenticated by a challenge: hello, then the reply; a bad token cuts it, a second challenge is ignored', () => {
    const kit = createKit();
    const { token } = kit.createUser({ username: 'alice' });
    const socket = kit.open(undefined);
    socket.send({ seq: 1, action: 'authentication_challenge', data: { token } });
    socket.send({ seq: 2, action: 'authentication_challenge', data: { token: 'bad' } });
    expect(socket.frames.map((text) => text.slice(0, 15))).toEqual([
      '{"event":"hello',
      '{"status":"OK",',
      '{"event": "stat',
    ]);
    const other = kit.open(undefined);
    other.send({ seq: 1, action: 'authentication_challenge', data: { token: 'bad' } });
    expect(other.ends).toEqual(['cut']);
  });

  it('is pinged every 60 s and cut after 100 s without a pong', () => {
    const kit = createKit();
    const socket = kit.open(kit.createUser({ username: 'alice' }).token);
    kit.pass(60_000);
    expect(socket.state.pings).toBe(1);
    socket.socket.onPong();
    kit.pass(99_999);
    expect(socket.ends).toEqual([]);
    kit.pass(1);
    expect(socket.ends).toEqual(['cut']);
  });

  it.each([
    ['what is no JSON', 'nope'],
    ['an array', '[1,2]'],
    ['a string as seq', '{"seq":"1","action":"ping"}'],
    ['a fraction as seq', '{"seq":1.5,"action":"ping"}'],
    ['an array as data', '{"seq":1,"action":"ping","data":[]}'],
    ['an empty frame', ''],
  ])('is cut by %s', (_, text) => {
    const kit = createKit();
    const socket = kit.open(kit.createUser({ username: 'alice' }).token);
    socket.send(text);
    expect(socket.ends).toEqual(['cut']);
  });

  it('takes 8192 bytes and ends with 1009 above', () => {
    const kit = createKit();
    const socket = kit.open(kit.createUser({ username: 'alice' }).token);
    const frame = (size: number): string => `{"seq":1,"action":"ping","data":{"pad":"${'x'.repeat(size - 43)}"}}`;
    expect(frame(8_192)).toHaveLength(8_192);
    socket.send(frame(8_192));
    expect(socket.frames.at(-1)).toContain('pong');
    socket.send(frame(8_193));
    expect(socket.ends).toEqual([1009]);
  });

  it('reads the first JSON value, keys in any case, and null as a request without action', () => {
    const kit = createKit();
    const socket = kit.open(kit.createUser({ username: 'alice' }).token);
    socket.send('{"SEQ":4,"Action":"ping"} and more}');
    socket.send('null');
    expect(
      socket
        .parsed()
        .slice(-2)
        .map((frame) => [frame.seq_reply, frame.error?.id]),
    ).toEqual([
      [4, undefined],
      [undefined, 'api.web_socket_router.no_action.app_error'],
    ]);
  });
});
