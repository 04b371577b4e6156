import type { SchedulerLike } from 'rxjs';
import { ValidationError } from '../models/errors.js';
import { areas } from './areas/all.js';
import { createClock } from './base/clock.js';
import type { SettingsPatch } from './base/config.js';
import { Core } from './core.js';
import { createLine } from './faces/line.js';
import { createMemoryFace } from './faces/memory.js';
import type { MemoryFace } from './faces/memory.js';
import { createFaults } from './faults.js';
import type { FaultControls } from './faults.js';
import { createSeeds } from './seeds.js';
import type { Seeds, UserSeed } from './seeds.js';
import type { Version } from './base/version.js';
import { createWorld } from './world.js';

export interface TestServerOptions {
  /** Which server to be. @default '11.6' */
  readonly version?: Version;
  /**
   * Where to listen: a port of the loopback, 0 for any free one, or `memory` for none at all: then `server.fetch` and
   * `server.WebSocket` are the only way in. @default 0 on Node, `memory` elsewhere
   */
  readonly port?: number | 'memory';
  /** Makes ids, tokens and codes: the same seed gives the same run. @default 1 */
  readonly seed?: number;
  /** Time of the server: a virtual scheduler makes it stand still and jump. @default asyncScheduler */
  readonly clock?: SchedulerLike;
  /**
   * What that clock shows at the start, in milliseconds since the epoch. @default the scheduler's own time, or the start of
   * 2026 on a scheduler that begins at 0
   */
  readonly startAtMs?: number;
  /** Path of the site, such as `/chat`: everything is below it. @default the root */
  readonly path?: string;
  /** Settings that differ from those of a fresh server, by section, such as `{ ServiceSettings: { … } }`. */
  readonly config?: SettingsPatch;
  /** Users to begin with. @default none: the first that signs up over REST becomes the admin, as on a real server */
  readonly users?: readonly UserSeed[];
}

/** A Mattermost in this process. */
export interface TestServer extends Seeds {
  readonly version: Version;
  /** Base address for `createClient({ url })`. In memory it is a name that resolves nowhere. */
  readonly url: string;
  /** Reaches the server without a network, whether it listens or not. */
  readonly fetch: MemoryFace['fetch'];
  readonly WebSocket: MemoryFace['WebSocket'];
  /** What can be made to go wrong. */
  readonly faults: FaultControls;
  /** Ends every socket, timer and connection. */
  close(): Promise<void>;
}

const memoryUrl = 'http://mattermost.test';

/**
 * Starts a Mattermost in this process: REST and WebSocket with the behaviour of a recorded 11.6 or 5.37, without a database or
 * a container.
 *
 * @example
 * const server = await createTestServer();
 * const { token } = server.createUser({ username: 'alice' });
 * const client = createClient({ url: server.url, auth: { token } });
 */
export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { version = '11.6', seed = 1, config = {}, users = [], path = '' } = options;
  const clock = createClock(options.clock, options.startAtMs);
  const world = createWorld({ version, seed, clock, config });
  const core = new Core(world, areas);
  const faults = createFaults(world);
  const line = createLine(core, faults);
  const { listen } = await import('#sockets');
  const port = options.port ?? (listen ? 0 : 'memory');
  if (port !== 'memory' && !listen)
    throw new ValidationError('createTestServer: port', "has to be 'memory': this platform has no server sockets");
  const face = port === 'memory' ? undefined : await listen?.(line, { port, host: '127.0.0.1' });
  const url = (face?.url ?? memoryUrl) + path.replace(/\/$/, '');
  if (!world.config.text('ServiceSettings.SiteURL')) world.config.patch({ ServiceSettings: { SiteURL: url } });
  const seeds = createSeeds(world);
  for (const user of users) seeds.createUser(user);

  return {
    ...seeds,
    version,
    url,
    ...createMemoryFace(line, clock),
    faults: faults.controls,
    async close() {
      faults.controls.drop();
      await face?.close();
      clock.stop();
    },
  };
}
