import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/models/errors.js';
import { createTestServer } from '../../../src/server/test-server.js';
import type { TestServerOptions } from '../../../src/server/test-server.js';

describe('createTestServer', () => {
  it.each<[option: string, value: unknown, requirement: string]>([
    ['version', '11.7', "must be '11.6' or '5.37'"],
    ['version', 11.6, "must be '11.6' or '5.37'"],
    ['port', -1, "must be 'memory' or a whole number from 0 to 65535"],
    ['port', 65_536, "must be 'memory' or a whole number from 0 to 65535"],
    ['port', 80.5, "must be 'memory' or a whole number from 0 to 65535"],
    ['port', '8065', "must be 'memory' or a whole number from 0 to 65535"],
    ['path', 'chat', "must begin with '/'"],
    ['seed', 0.5, 'must be a whole number'],
    ['seed', NaN, 'must be a whole number'],
    ['startAtMs', -1, 'must be a time in milliseconds, not before 0'],
    ['startAtMs', Infinity, 'must be a time in milliseconds, not before 0'],
  ])('refuses the %s %o', async (option, value, requirement) => {
    const options: TestServerOptions = { port: 'memory', [option]: value };
    const failure = await createTestServer(options).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ValidationError);
    expect(failure).toMatchObject({ message: `createTestServer: ${option}: ${requirement}` });
  });

  it.each<TestServerOptions>([
    { version: '5.37' },
    { path: '' },
    { path: '/chat' },
    { path: '/chat/' },
    { seed: 0 },
    { seed: -7 },
    { startAtMs: 0 },
  ])('takes %o', async (options) => {
    const server = await createTestServer({ port: 'memory', ...options });
    expect(server.version).toBe(options.version ?? '11.6');
    expect(new URL(server.url).pathname).toBe(options.path?.replace(/\/$/, '') || '/');
    await server.close();
  });
});
