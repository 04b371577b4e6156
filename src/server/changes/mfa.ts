import type { UserRow } from '../store/people.js';
import { totpStep } from '../auth/totp.js';
import type { World } from '../world.js';

/** Uses a code of a user's authenticator; false if it is not valid now. On 11.6 each code is valid once (protocol §5.1). */
export function takeCode({ store, clock, modern }: World, user: UserRow, code: string): boolean {
  const step = user.mfa_secret ? totpStep(user.mfa_secret, code, clock.now()) : undefined;
  if (step === undefined || (modern && user.mfa_used.includes(step))) return false;
  store.users.patch(user.id, { mfa_used: [...user.mfa_used.slice(-2), step] });
  return true;
}
