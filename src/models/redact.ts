/** Replaces a secret. */
export const REDACTED = '[redacted]';

const patterns = [
  /([?&](?:access_token|token|code|h|t|signature|magic_link_token)=)[^&#\s]+/gi,
  // The one message of the server that contains a token: `api.context.invalid_token.error`, protocol §1.4.
  /(session token=)[^,\s]+/gi,
  /(\bbearer\s+)[^\s"',;]+/gi,
  /(\btoken\s+)[a-z0-9]{26}\b/gi,
  /(\bMM(?:AUTHTOKEN|CSRF)=)[^;,\s]+/g,
];

/**
 * Replaces the secrets in a text: credentials in URLs, headers and cookies, the token in a message of the server (protocol §1.4), and each
 * of `secrets`. Pure.
 *
 * @param secrets literals that are secret; those shorter than four characters are not replaced, as they occur in any text.
 */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, REDACTED);
  for (const pattern of patterns) clean = clean.replace(pattern, `$1${REDACTED}`);
  return clean;
}

/** A URL without user info, the secret values of its query replaced. Pure. */
export function redactUrl(url: string): string {
  return redactText(url.replace(/\/\/[^/@]*@/, '//'));
}

/** Names of headers whose values are secret. */
const secretHeader = /^(authorization|cookie|set-cookie|token|x-csrf-token|proxy-authorization|x-cloud-token)$/i;

/** A copy of headers for logs, the values of secret ones replaced. Pure. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretHeader.test(name) ? REDACTED : value]),
  );
}
