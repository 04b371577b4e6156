export { createTestServer } from './test-server.js';
export type { TestServer, TestServerOptions } from './test-server.js';
export type {
  Account,
  BotSeed,
  ChannelSeed,
  EmojiSeed,
  FileSeed,
  HasId,
  PostSeed,
  Seeds,
  TeamSeed,
  UserSeed,
} from './seeds.js';
export type { CutOptions, FaultControls, RequestFilter, SocketFilter } from './faults/fault-controls.js';
export type { SettingsPatch } from './base/config.js';
export type { Version } from './base/version.js';
