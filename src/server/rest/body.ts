import { invalidBody } from '../base/app-error.js';

/** What a field of a body may be. */
interface Kinds {
  string: string;
  number: number;
  boolean: boolean;
  object: Readonly<Record<string, unknown>>;
  strings: readonly string[];
  array: readonly unknown[];
}

export type Shape = Readonly<Record<string, keyof Kinds>>;

/** Fields that were sent; what was left out or null is absent. */
export type Fields<S extends Shape> = { readonly [K in keyof S]?: Kinds[S[K]] };

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

const fits: Readonly<Record<keyof Kinds, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && !Array.isArray(value),
  strings: isStrings,
  array: Array.isArray,
};

/** The first JSON value of a text; what follows is ignored (protocol §6.2). `undefined`: there is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * An object body, named as the refusal names it. 11.6 refuses wrong types and takes `null` for an empty object; 5.37 drops
 * what has the wrong type and refuses `null` (protocol §6.2).
 */
export function readFields<S extends Shape>(text: string, name: string, shape: S, strict: boolean): Fields<S> {
  const value = parseJson(text);
  if (value === null ? !strict : typeof value !== 'object' || (Array.isArray(value) && strict)) throw invalidBody(name);
  const fields: Record<string, unknown> = {};
  for (const [key, kind] of Object.entries(shape)) {
    const field = (value as Record<string, unknown> | null)?.[key];
    if (field === undefined || field === null) continue;
    if (fits[kind](field)) fields[key] = field;
    else if (strict) throw invalidBody(name);
  }
  return fields as Fields<S>;
}

/** A body that the server decodes into a map of strings: one value of another type empties it. */
export function readMap(text: string): Readonly<Record<string, string>> {
  const value = parseJson(text);
  const usable = typeof value === 'object' && value !== null && Object.values(value).every(fits.string);
  return usable ? (value as Record<string, string>) : {};
}

/** A body that is a list; anything else counts as an empty one. */
export function parseList(text: string): readonly unknown[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value : [];
}
