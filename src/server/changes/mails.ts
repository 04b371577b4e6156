import type { MailTokenRow } from '../store/people.js';
import type { World } from '../world.js';

/** Length of a code in a mail, in characters. */
export const mailTokenLength = 64;
/** Codes are valid for a day; those of invitations for two. */
const dayMs = 24 * 3_600_000;

/** Creates a code that a real server would send by mail. It replaces an older one. */
export function mailToken(
  { store, chance, clock }: World,
  type: MailTokenRow['type'],
  about: string,
  email: string,
): MailTokenRow {
  for (const old of store.mailTokens.all())
    if (old.about === about && old.type === type && old.email === email) store.mailTokens.delete(old.token);
  const token = chance.text(mailTokenLength);
  return store.mailTokens.put({ token, type, about, email, create_at: clock.now() });
}

/** Uses up a code: gives its row and whether it has expired; `undefined` if there is no such code. */
export function takeMailToken(
  { store, clock }: World,
  type: MailTokenRow['type'],
  token: string,
): { readonly row: MailTokenRow; readonly expired: boolean } | undefined {
  const row = store.mailTokens.get(token);
  if (row?.type !== type) return undefined;
  store.mailTokens.delete(token);
  return { row, expired: clock.now() - row.create_at > (type === 'team_invitation' ? 2 : 1) * dayMs };
}
