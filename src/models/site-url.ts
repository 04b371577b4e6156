import { ValidationError } from './errors.js';

/**
 * The site's address, checked, without a slash at its end; a sub-path is kept.
 *
 * @throws ValidationError if it is no absolute http or https address, or carries what an address of a site has not.
 */
export function parseSiteUrl(url: unknown): string {
  const bad = (problem: string): ValidationError => new ValidationError('url', problem);
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:/i.test(url)) throw bad('is no http or https address');
  const { username, password, search, hash, origin, pathname } = new URL(url);
  if (username || password || search || hash) throw bad('has user info, a query or a fragment');
  return origin + pathname.replace(/(\/api\/v4)?\/*$/, '');
}
