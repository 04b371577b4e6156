/** The CSRF token, which the server puts into a cookie that scripts can read: protocol §5.2. `undefined` where there is none. */
export function csrfCookie(): string | undefined {
  const { cookie = '' } = (globalThis as { document?: { cookie?: string } }).document ?? {};
  return /(?:^|;\s*)MMCSRF=([^;]+)/.exec(cookie)?.[1];
}
