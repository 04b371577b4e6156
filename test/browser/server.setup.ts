import { createTestServer } from 'matterstream/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the embedded server that the tests in the browser talk to over real sockets. */
    readonly serverUrl: string;
    /** Another, for the tests of files: the first account of a server is its admin, and the tests run side by side. */
    readonly filesServerUrl: string;
  }
}

/** The page comes from another origin than the server, which lets it in and lets it read the token of a login. */
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
