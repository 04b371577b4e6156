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
export type { CutOptions, FaultControls, RequestFilter, SocketFilter } from './faults.js';
export type { SettingsPatch } from './config.js';
export type { Version } from './version.js';
