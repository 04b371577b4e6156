import type { MailTokenRow } from '../store/people.js';
import type { World } from '../world.js';

/** Characters of a code that goes out by mail. */
export const mailTokenLength = 64;
/** After that a code is no good any more: a day, or two for an invitation. */
const dayMs = 24 * 3_600_000;

/** Makes a code that a mail would bring: whoever has it proves that the address is his. An older one is no good any more. */
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

/** The code if it is one of that kind, with whether it has run out; it is used up thereby. */
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
