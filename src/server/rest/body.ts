import { invalidBody } from '../base/app-error.js';

/** The types that a field of a body may have. */
interface Kinds {
  string: string;
  number: number;
  boolean: boolean;
  object: Readonly<Record<string, unknown>>;
  strings: readonly string[];
  array: readonly unknown[];
}

export type Shape = Readonly<Record<string, keyof Kinds>>;

/** The fields that were sent. Missing fields and nulls are left out. */
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

/** A text parsed as JSON; `undefined` if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Reads an object body; refusals call it `name`. 11.6 refuses fields of a wrong type and accepts `null` as an empty object; 5.37 ignores
 * fields of a wrong type and refuses `null` (protocol §6.2).
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

/** A body that the server decodes as a map of strings. It counts as empty if one value has another type. */
export function readMap(text: string): Readonly<Record<string, string>> {
  const value = parseJson(text);
  const usable = typeof value === 'object' && value !== null && Object.values(value).every(fits.string);
  return usable ? (value as Record<string, string>) : {};
}

/** A body that is a list; anything else counts as an empty list. */
export function parseList(text: string): readonly unknown[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value : [];
}
