import { createTestServer } from '../../src/server/index.js';
import type { Target } from './kit/target.js';

/** The embedded server as a target of the suite. */
export async function openEmbedded(version: '11.6' | '5.37'): Promise<Target> {
  const loginId = 'admin';
  const password = 'Conf-Admin-1!';
  const server = await createTestServer({
    version,
    users: [{ username: loginId, password, admin: true }],
    config: {
      ServiceSettings: {
        EnableUserAccessTokens: true,
        EnableMultifactorAuthentication: true,
        TerminateSessionsOnPasswordChange: true,
        TimeBetweenUserTypingUpdatesMilliseconds: 1_000,
      },
      TeamSettings: { EnableOpenServer: true },
    },
  });
  return {
    name: `embedded ${version}`,
    url: server.url,
    loginId,
    password,
    patienceMs: 8_000,
    allowDestructive: true,
    idle: ['createIncomingWebhook', 'createOutgoingWebhook', 'executeCommand', 'getUsersForReporting'],
    tells: false,
    close: () => server.close(),
  };
}
