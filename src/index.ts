export { createClient } from './client.js';
export type { Client, ClientOptions } from './client.js';
export { createRestPort } from './create-rest-port.js';
export * from './api/index.js';
export * from './models/index.js';
export * from './streams/index.js';
