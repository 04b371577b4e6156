import { VirtualTimeScheduler } from 'rxjs';
import { utf8Bytes, utf8Text } from '../../../src/server/base/text.js';
import { areas } from '../../../src/server/areas/all.js';
import { createClock } from '../../../src/server/base/clock.js';
import type { SettingsPatch } from '../../../src/server/base/config.js';
import { Core } from '../../../src/server/core.js';
import type { CoreResponse } from '../../../src/server/base/http.js';
import type { SocketPort } from '../../../src/server/hub/connection.js';
import type { Socket } from '../../../src/server/socket/socket.js';
import { createSeeds } from '../../../src/server/seeds.js';
import { memberKey } from '../../../src/server/store/places.js';
import type { ChannelRow } from '../../../src/server/store/places.js';
import type { Version } from '../../../src/server/base/version.js';
import { createWorld } from '../../../src/server/world.js';
import type { World } from '../../../src/server/world.js';

/** A frame that came over a socket. */
export interface Frame {
  readonly event?: string;
  readonly seq?: number;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly seq_reply?: number;
  readonly error?: { readonly id: string };
}

export interface Call {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for a route outside of `/api/v4`. */
  readonly beside?: boolean;
}

/** A server in virtual time: its answers and frames are there when a call returns. */
export function createKit(version: Version = '11.6', config: SettingsPatch = {}) {
  const scheduler = new VirtualTimeScheduler(undefined, Infinity);
  const world = createWorld({ version, seed: 1, clock: createClock(scheduler), config });
  const core = new Core(world, areas);

  const call = (method: string, path: string, { as, body, headers = {}, beside }: Call = {}) => {
    const response: CoreResponse = core.handle({
      method,
      target: beside ? path : `/api/v4${path}`,
      headers: { ...(as === undefined ? {} : { authorization: `Bearer ${as}` }), ...headers },
      body: body === undefined ? new Uint8Array() : utf8Bytes(typeof body === 'string' ? body : JSON.stringify(body)),
      address: '127.0.0.1',
      secure: false,
    });
    const text = typeof response.body === 'string' ? response.body : utf8Text(response.body);
    const json = (/^[[{]|^null$/.test(text) ? JSON.parse(text) : undefined) as Record<string, unknown> | undefined;
    return { status: response.status, headers: response.headers, text, json, id: json?.['id'] };
  };

  /** Advances the server's clock. */
  const pass = (ms: number): void => {
    scheduler.maxFrames = scheduler.frame + ms;
    scheduler.schedule(() => undefined, ms);
    scheduler.flush();
  };

  const open = (token: string | undefined, query = '') => openSocket(core, token, query);
  const room = (...userIds: readonly string[]): string => putRoom(world, userIds);
  return { world, core, call, pass, open, room, memberKey, ...createSeeds(world) };
}

/** Opens a socket and keeps what comes over it. */
function openSocket(core: Core, token: string | undefined, query: string) {
  const frames: string[] = [];
  const ends: (number | 'cut' | undefined)[] = [];
  let socket: Socket | undefined = undefined as Socket | undefined;
  const end = (how: number | 'cut' | undefined): void => {
    ends.push(how);
    socket?.onClose();
  };
  const state = { writable: true, pings: 0 };
  const port: SocketPort = {
    get writable() {
      return state.writable;
    },
    send: (text) => {
      frames.push(text);
    },
    ping: () => {
      state.pings++;
    },
    close: (code) => end(code),
    terminate: () => end('cut'),
  };
  const accept = core.connect({
    method: 'GET',
    target: `/api/v4/websocket${query}`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: new Uint8Array(),
    address: '127.0.0.1',
    secure: false,
  });
  if (typeof accept !== 'function') throw new Error(`refused: ${accept.status}`);
  socket = accept(port);
  socket.start();
  const parsed = () => frames.map((text) => JSON.parse(text) as Frame);
  return {
    frames,
    ends,
    state,
    socket,
    send: (frame: unknown, binary = false): void => {
      const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
      socket.onMessage(text, utf8Bytes(text).length, binary);
    },
    events: () => parsed().flatMap(({ event, seq }) => (event === undefined ? [] : [`${event} ${String(seq)}`])),
    parsed,
    connectionId: () => String(parsed().find(({ event }) => event === 'hello')?.data?.['connection_id']),
    /** Ends the socket as a broken network does. */
    cut: () => socket.onClose(),
  };
}

/** Puts a channel with these members into the store, without events. */
function putRoom(world: World, userIds: readonly string[]): string {
  const id = world.chance.id();
  const channel: ChannelRow = {
    id,
    create_at: 1,
    update_at: 1,
    delete_at: 0,
    team_id: '',
    type: 'P',
    display_name: 'Room',
    name: 'room',
    header: '',
    purpose: '',
    last_post_at: 0,
    last_root_post_at: 0,
    total_msg_count: 0,
    total_msg_count_root: 0,
    extra_update_at: 0,
    creator_id: '',
    shared: null,
  };
  world.store.channels.put(channel);
  for (const user_id of userIds)
    world.store.channelMembers.put({
      channel_id: id,
      user_id,
      explicit_roles: '',
      scheme_guest: false,
      scheme_user: true,
      scheme_admin: false,
      last_viewed_at: 0,
      msg_count: 0,
      msg_count_root: 0,
      mention_count: 0,
      mention_count_root: 0,
      urgent_mention_count: 0,
      notify_props: {},
      last_update_at: 0,
    });
  return id;
}

/** Sends a number of events to a user. */
export const noise = (kit: ReturnType<typeof createKit>, userId: string, count: number): void => {
  for (let n = 0; n < count; n++) kit.world.store.emit({ event: 'noise', data: { n }, to: { userId } });
};
