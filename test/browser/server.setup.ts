import { createTestServer } from 'matterstream/testing';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the embedded server that the tests in the browser talk to over real sockets. */
    readonly serverUrl: string;
  }
}

/** The page comes from another origin than the server, which lets it in and lets it read the token of a login. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = await createTestServer({
    port: 0,
    config: { ServiceSettings: { AllowCorsFrom: '*', CorsExposedHeaders: 'Token X-Request-Id' } },
  });
  provide('serverUrl', server.url);
  return () => server.close();
}
