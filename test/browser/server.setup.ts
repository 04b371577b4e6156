import { createTestServer } from 'matterstream/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the embedded server that the tests in the browser talk to over real sockets. */
    readonly serverUrl: string;
    /** Another, for the tests of files: the first account of a server becomes its admin, and the test files run at the same time. */
    readonly filesServerUrl: string;
  }
}

/** The page is of another origin than the server, so the server allows that origin and lets it read the token of a login. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const open = () =>
    createTestServer({
      port: 0,
      config: { ServiceSettings: { AllowCorsFrom: '*', CorsExposedHeaders: 'Token X-Request-Id' } },
    });
  const servers = [await open(), await open()] as const;
  provide('serverUrl', servers[0].url);
  provide('filesServerUrl', servers[1].url);
  return async () => {
    for (const server of servers) await server.close();
  };
}
