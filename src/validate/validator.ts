import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Subject } from 'rxjs';
import { ValidationError } from '../models/errors.js';
import type { Validator } from '../models/validator.js';
import { MismatchError, mismatchesOf } from './mismatch.js';
import { answerSchema, eventSchema, modelSchema } from './schemas.js';

/** How answers and events are checked. */
export interface ValidatorOptions {
  /**
   * What becomes of those that are not as their schema says. `strict`: the call errors with `MismatchError`, and the event is not delivered.
   * `lenient`: they are delivered as they are. Members that are unknown count in both, so a server that is newer than this library may
   * have much to report. @default 'strict'
   */
  readonly mode?: 'strict' | 'lenient' | undefined;
  /** Told of each of them, in both modes. Those of events show in `connection.diagnostics$` as well. @default nobody is told */
  readonly report?: ((error: MismatchError) => void) | undefined;
  /**
   * Schemas of your own, of any library that speaks Standard Schema and answers at once, by the name of an operation or event: for the events of
   * plugins, say. They replace those of this library, and only check: what they would change stays as it is. Their messages stand in the errors as
   * what was expected, so they should hold no values. @default none
   */
  readonly schemas?: Readonly<Record<string, StandardSchemaV1>> | undefined;
}

/**
 * Checks answers and events against the schemas of this library. What comes as bytes is not checked, nor what `raw()` gives, nor an
 * operation or event that has no schema. The schemas come along with this function: a bundle without it has none.
 *
 * @throws ValidationError for a mode that does not exist.
 * @example
 * import { validator } from 'matterstream/validate';
 * const client = createClient({ url, auth, validate: validator() });
 * const watchful = createClient({ url, auth, validate: validator({ mode: 'lenient', report: ({ message }) => log(message) }) });
 */
export function validator({ mode = 'strict', report, schemas = {} }: ValidatorOptions = {}): Validator {
  if (!['strict', 'lenient'].includes(mode))
    throw new ValidationError('validator: mode', "must be 'strict' or 'lenient'");
  const own = new Map(Object.entries(schemas));
  const errors = new Subject<MismatchError>();
  if (report) errors.subscribe(report);
  const judge = (name: string, mismatches: ReturnType<typeof mismatchesOf>): MismatchError | undefined => {
    if (mismatches.length === 0) return undefined;
    const error = new MismatchError(name, mismatches);
    errors.next(error);
    return error;
  };
  return {
    answer(operation, value) {
      const schema = own.get(operation) ?? answerSchema(operation);
      const error = schema && judge(operation, mismatchesOf(schema, value));
      if (error && mode === 'strict') throw error;
    },
    event({ event, data, broadcast }, tell) {
      const schema = own.get(event) ?? eventSchema(event);
      if (!schema) return true;
      const error = judge(event, [
        ...mismatchesOf(schema, data, '$.data'),
        ...mismatchesOf(modelSchema('Broadcast'), broadcast, '$.broadcast'),
      ]);
      if (error) tell(error.message);
      return !error || mode === 'lenient';
    },
  };
}
