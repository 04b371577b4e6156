import { createChance } from './base/chance.js';
import type { Chance } from './base/chance.js';
import type { Clock } from './base/clock.js';
import { createConfig } from './base/config.js';
import type { Config, SettingsPatch } from './base/config.js';
import { Hub } from './hub/hub.js';
import { createPermissions } from './auth/permissions.js';
import type { Permissions } from './auth/permissions.js';
import { createSessions } from './auth/sessions.js';
import type { Sessions } from './auth/sessions.js';
import { createStore } from './store/store.js';
import type { Store } from './store/store.js';
import type { Version } from './base/version.js';

/** The state and the services of one server. Handlers, actions and seeds work on it. */
export interface World {
  readonly version: Version;
  /** True for 11.6. Handlers check it where the two versions differ. */
  readonly modern: boolean;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly config: Config;
  readonly store: Store;
  readonly hub: Hub;
  readonly sessions: Sessions;
  readonly permissions: Permissions;
  /** When the server stops being busy (protocol §6.4), in milliseconds since the epoch; 0 if it is not busy. */
  busyUntil: number;
  readonly isBusy: () => boolean;
}

export interface WorldOptions {
  readonly version: Version;
  readonly seed: number;
  readonly clock: Clock;
  readonly config: SettingsPatch;
}

export function createWorld({ version, seed, clock, config: settings }: WorldOptions): World {
  const chance = createChance(seed);
  const config = createConfig(version, settings);
  const store = createStore((draft) => hub.publish(draft));
  const permissions = createPermissions(store);
  const sessions = createSessions({
    clock,
    chance,
    config,
    store,
    version,
    invalidateUser: (userId) => hub.invalidateUser(userId),
  });
  const hub = new Hub({ clock, version, store, permissions, sessionOf: sessions.ofToken });
  const world: World = {
    version,
    modern: version === '11.6',
    clock,
    chance,
    config,
    store,
    hub,
    sessions,
    permissions,
    busyUntil: 0,
    isBusy: () => world.busyUntil > clock.now(),
  };
  return world;
}
