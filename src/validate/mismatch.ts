import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ProtocolError } from '../models/errors.js';

/** One place where a value does not match its schema. Names types only, never values. */
export interface Mismatch {
  /** JSON path, such as `$.posts.abc.metadata.embeds[0].type`. */
  readonly path: string;
  /** A type, such as `string | null`; `nothing` for a member that the schema does not have. */
  readonly expected: string;
  /** `string`, `number`, `boolean`, `null`, `array`, `object`, or `nothing` for a member that is missing. */
  readonly got: string;
}

const shownMismatches = 3;

/** An answer or event that does not match its schema. */
export class MismatchError extends ProtocolError {
  override readonly name = 'MismatchError';
  /** Name of the operation or event. */
  readonly operation: string;
  /** All mismatches; the message names the first few. */
  readonly mismatches: readonly Mismatch[];

  constructor(operation: string, mismatches: readonly Mismatch[]) {
    const shown = mismatches
      .slice(0, shownMismatches)
      .map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
    const more = mismatches.length - shown.length;
    super(`${operation}: ${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`);
    this.operation = operation;
    this.mismatches = mismatches;
  }
}

/** The places where a value does not match a schema, of whichever library. */
export function mismatchesOf(schema: StandardSchemaV1, value: unknown, place = '$'): readonly Mismatch[] {
  return issuesOf(schema, value).map(({ message, path = [] }) => {
    let at = place;
    let inner: unknown = value;
    for (const segment of path) {
      const key = typeof segment === 'object' ? segment.key : segment;
      at += step(key);
      inner = (inner as Record<PropertyKey, unknown> | null | undefined)?.[key];
    }
    return { path: at, expected: message, got: kindOf(inner) };
  });
}

/** A schema that throws, or that answers later, makes an issue itself: events are checked and delivered at once. */
function issuesOf(schema: StandardSchemaV1, value: unknown): readonly StandardSchemaV1.Issue[] {
  const unusable = [{ message: 'a schema that answers at once' }];
  try {
    const result = schema['~standard'].validate(value);
    return 'then' in result ? unusable : (result.issues ?? []);
  } catch {
    return unusable;
  }
}

const step = (key: PropertyKey): string =>
  typeof key === 'string' && /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
