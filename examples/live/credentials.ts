import type { AuthOptions } from 'matterstream';
import type { LiveOptions } from './args.js';
import { ExitError } from './exit-error.js';
import { askSecret } from './prompt.js';

/** How to log in to the real server. Asks on the terminal for what neither the options nor the environment tell. */
export async function credentials({ token, loginId = '', mfaToken }: LiveOptions): Promise<AuthOptions> {
  if (token !== undefined) return { token };
  const password = process.env['MATTERMOST_PASSWORD'] ?? (await askSecret(`Password of ${loginId}`));
  let asked = false;
  return {
    loginId,
    password,
    mfaToken:
      mfaToken ??
      (async () => {
        // The view uses the terminal by now, so nothing can be asked.
        if (asked) throw new ExitError('The session has ended, and logging in again takes another MFA code.', 1);
        asked = true;
        return askSecret('MFA code');
      }),
  };
}
