import { ValidationError } from './errors.js';

/**
 * Checks the URL of a site and returns it without a slash or `/api/v4` at its end; a sub-path is kept.
 *
 * @throws ValidationError if it is not an absolute http(s) URL, or has user info, a query or a fragment.
 */
export function parseSiteUrl(url: unknown): string {
  const bad = (problem: string): ValidationError => new ValidationError('url', problem);
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:/i.test(url)) throw bad('must be an http(s) URL');
  const { username, password, search, hash, origin, pathname } = new URL(url);
  if (username || password || search || hash) throw bad('must not have user info, a query or a fragment');
  return origin + pathname.replace(/(\/api\/v4)?\/*$/, '');
}
