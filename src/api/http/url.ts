import { ValidationError } from '../../models/errors.js';
import type { Operation } from '../operation.js';

/**
 * The site's address, checked, without a slash at its end; a sub-path is kept.
 *
 * @throws ValidationError if it is no absolute http or https address, or carries what an address of a site has not.
 */
export function parseSiteUrl(url: unknown): string {
  const bad = (problem: string): ValidationError => new ValidationError('url', problem);
  if (typeof url !== 'string' || !URL.canParse(url))
    throw bad('is not an absolute URL such as https://chat.example.com');
  const { protocol, username, password, search, hash, origin, pathname } = new URL(url);
  if (!/^https?:$/.test(protocol)) throw bad(`has the scheme ${protocol} instead of http: or https:`);
  if (username || password) throw bad('carries a user name or password; those go into auth');
  if (search || hash) throw bad('carries a query or a fragment');
  return origin + pathname.replace(/(\/api\/v4)?\/*$/, '');
}

/**
 * Route of an operation with its parameters put in, each encoded.
 *
 * @throws ValidationError for a parameter that would end up on another route.
 */
export function buildPath(operation: Operation, values: readonly unknown[]): string {
  // Literal parts and names of parameters take turns.
  const parts = operation.path.split(/[{}]/);
  for (let at = 1; at < parts.length; at += 2) {
    const value = values[at >> 1];
    const problem =
      typeof value !== 'string'
        ? `is ${value === null ? 'null' : typeof value}, not a string`
        : value.trim() === ''
          ? 'is empty'
          : /[/\\]|^\.\.?$/.test(value) && 'is no part of a path';
    if (problem) throw new ValidationError(`${operation.id}: ${parts[at]}`, problem);
    parts[at] = encodeURIComponent(value as string);
  }
  return parts.join('');
}

/**
 * Query of a call: what is `undefined` or null is left out, an array repeats its name, and the names that callers know become those that
 * the server reads.
 *
 * @throws ValidationError for a value that is no text, finite number or boolean.
 */
export function buildQuery(operation: Operation, query: object): string {
  let text = '';
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one === undefined || one === null) continue;
      if (!/string|boolean/.test(typeof one) && !Number.isFinite(one)) {
        throw new ValidationError(`${operation.id}: ${name}`, 'is not a string, a finite number or a boolean');
      }
      text += `${text ? '&' : '?'}${name}=${encodeURIComponent(one as string)}`;
    }
  }
  return text;
}

/** A body or query under the names that the server reads; the caller's object if it has none of the others. */
export function renameKeys<T>({ rename }: Operation, value: T): T {
  if (!rename || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [rename[name] ?? name, one as unknown])) as T;
}
