import { ValidationError } from '../../models/errors.js';

/** The address of a server's socket (protocol §1.1), from that of its site: the sub-path is kept, user info, query and fragment are not. */
export function socketUrl(siteUrl: string): string {
  let url: URL | undefined;
  try {
    url = new URL(siteUrl);
  } catch {
    // Told below, with what was expected.
  }
  const secure = url && /^(?:http|ws)(s?):$/.exec(url.protocol)?.[1];
  if (!url || secure === undefined) throw new ValidationError('url', 'must be an absolute http or https URL');
  return `ws${secure}://${url.host}${url.pathname.replace(/\/+$/, '')}/api/v4/websocket`;
}
