/** The CSRF token that the server keeps in a cookie for scripts to read, where there are cookies: protocol §5.2. */
export function csrfCookie(): string | undefined {
  const { cookie = '' } = (globalThis as { document?: { cookie?: string } }).document ?? {};
  return /(?:^|;\s*)MMCSRF=([^;]+)/.exec(cookie)?.[1];
}
