export { createClient } from './client.js';
export type { Client, ClientOptions } from './client.js';
export { createHistory } from './history-of-rest.js';
export * from './api/index.js';
export * from './models/index.js';
export * from './streams/index.js';
