import { type TestServer, createTestServer } from 'matterstream/testing';
import { servePage } from './page.js';

/** The page, an embedded Mattermost behind it, and a few people who can log in. */
export interface Site {
  readonly server: TestServer;
  /** The page as one of the people opens it: each has a host name, and thereby cookies, of their own. */
  urlFor(username: string): string;
  close(): Promise<void>;
}

export const usernames = ['alice', 'bob', 'carol'] as const;
export const password = 'Horse-Staple-1';

export async function openSite(port = 0): Promise<Site> {
  const page = await servePage(port);
  const urlFor = (username: string): string => `http://${username}.localhost:${page.port}/`;
  const server = await createTestServer({
    config: {
      ServiceSettings: {
        SiteURL: `http://localhost:${page.port}`,
        // A page may open a WebSocket from these origins; behind one host name the setting is not needed.
        AllowCorsFrom: usernames.map((name) => new URL(urlFor(name)).origin).join(' '),
      },
    },
  });
  page.forwardTo(Number(new URL(server.url).port));
  server.createTeam({ open: true, members: usernames.map((username) => server.createUser({ username, password })) });
  return {
    server,
    urlFor,
    async close() {
      await page.close();
      await server.close();
    },
  };
}
