/** Stands where a secret was. */
export const REDACTED = '[redacted]';

const patterns = [
  /([?&](?:access_token|token|code|h|t|signature|magic_link_token)=)[^&#\s]+/gi,
  // The one message of the server that quotes a token: `api.context.invalid_token.error`, protocol §1.4.
  /(session token=)[^,\s]+/gi,
  /(\bbearer\s+)[^\s"',;]+/gi,
  /(\btoken\s+)[a-z0-9]{26}\b/gi,
  /(\bMM(?:AUTHTOKEN|CSRF)=)[^;,\s]+/g,
];

/**
 * Replaces what must not be seen in a text: credentials in URLs, headers and cookies, the token that the server quotes (protocol §1.4),
 * and each of `secrets`. Pure.
 *
 * @param secrets literals known to be secret; shorter ones than four characters are left, as they would tear holes into any text.
 */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, REDACTED);
  for (const pattern of patterns) clean = clean.replace(pattern, `$1${REDACTED}`);
  return clean;
}

/** An address without user info, its secret query values replaced. Pure. */
export function redactUrl(url: string): string {
  return redactText(url.replace(/\/\/[^/@]*@/, '//'));
}

/** Header names whose values are secret. */
const secretHeader = /^(authorization|cookie|set-cookie|token|x-csrf-token|proxy-authorization|x-cloud-token)$/i;

/** A copy of headers for logs, the values of secret ones replaced. Pure. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretHeader.test(name) ? REDACTED : value]),
  );
}
