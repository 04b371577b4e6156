import type { SchedulerLike } from 'rxjs';
import { ValidationError } from '../models/errors.js';
import { areas } from './areas/all.js';
import { createClock } from './base/clock.js';
import type { SettingsPatch } from './base/config.js';
import { Core } from './core.js';
import { createLine } from './faces/line.js';
import { createMemoryFace } from './faces/memory.js';
import type { MemoryFace } from './faces/memory.js';
import { createFaults } from './faults/faults.js';
import type { FaultControls } from './faults/fault-controls.js';
import { createSeeds } from './seeds.js';
import type { Seeds, UserSeed } from './seeds.js';
import type { Version } from './base/version.js';
import { createWorld } from './world.js';

export interface TestServerOptions {
  /** Which server to be. @default '11.6' */
  readonly version?: Version;
  /**
   * The port to listen on at 127.0.0.1; 0 for any free port; `memory` for none: the server is then reached through `server.fetch` and
   * `server.WebSocket` only. @default 0 on Node, `memory` elsewhere
   */
  readonly port?: number | 'memory';
  /** Seed of ids, tokens and codes: the same seed gives the same run. @default 1 */
  readonly seed?: number;
  /** The scheduler of all timers of the server: with a virtual one, tests control its time. @default asyncScheduler */
  readonly clock?: SchedulerLike;
  /**
   * The time of the server at the start, in milliseconds since the epoch. @default the scheduler's time, or the start of 2026 if that
   * begins at 0
   */
  readonly startAtMs?: number;
  /** Path of the site, such as `/chat`. @default the root */
  readonly path?: string;
  /** Settings that differ from those of a fresh server, by section, such as `{ ServiceSettings: { … } }`. */
  readonly config?: SettingsPatch;
  /** Users to create at the start. @default none: the first to sign up over REST becomes the admin, as on a real server */
  readonly users?: readonly UserSeed[];
}

/** A Mattermost server in this process. */
export interface TestServer extends Seeds {
  readonly version: Version;
  /** Base address for `createClient({ url })`. With `port: 'memory'` it is a name that does not resolve. */
  readonly url: string;
  /** A `fetch` that reaches this server without a network, whether it listens or not. */
  readonly fetch: MemoryFace['fetch'];
  /** A `WebSocket` class that reaches this server without a network. */
  readonly WebSocket: MemoryFace['WebSocket'];
  /** Causes faults of the network and of the server. */
  readonly faults: FaultControls;
  /** Closes all connections and sockets and stops all timers. */
  close(): Promise<void>;
}

const memoryUrl = 'http://mattermost.test';

/**
 * Starts a Mattermost server in this process: REST and WebSocket with the behaviour of a recorded 11.6 or 5.37, without a database or a
 * container.
 *
 * @throws {@link ValidationError} if an option has a value that is not allowed.
 *
 * @example
 * const server = await createTestServer();
 * const { token } = server.createUser({ username: 'alice' });
 * const client = createClient({ url: server.url, auth: { token } });
 */
export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { version = '11.6', seed = 1, config = {}, users = [], path = '' } = options;
  checkOptions(options);
  const clock = createClock(options.clock, options.startAtMs);
  const world = createWorld({ version, seed, clock, config });
  const core = new Core(world, areas);
  const faults = createFaults(world);
  const line = createLine(core, faults);
  const { listen } = await import('#sockets');
  const port = options.port ?? (listen ? 0 : 'memory');
  if (port !== 'memory' && !listen)
    throw new ValidationError('createTestServer: port', "must be 'memory': this platform has no server sockets");
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

const versions: readonly unknown[] = ['11.6', '5.37'] satisfies Version[];

/** Callers without types may pass anything. */
function checkOptions({ version = '11.6', port = 0, path = '', seed = 1, startAtMs = 0 }: TestServerOptions): void {
  const refuse = (option: string, requirement: string): never => {
    throw new ValidationError(`createTestServer: ${option}`, requirement);
  };
  if (!versions.includes(version)) refuse('version', "must be '11.6' or '5.37'");
  if (port !== 'memory' && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    refuse('port', "must be 'memory' or a whole number from 0 to 65535");
  if (path !== '' && !path.startsWith('/')) refuse('path', "must begin with '/'");
  if (!Number.isInteger(seed)) refuse('seed', 'must be a whole number');
  if (!(Number.isFinite(startAtMs) && startAtMs >= 0))
    refuse('startAtMs', 'must be a time in milliseconds, not before 0');
}
