import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Subject } from 'rxjs';
import { ValidationError } from '../models/errors.js';
import type { Validator } from '../models/validator.js';
import { MismatchError, mismatchesOf } from './mismatch.js';
import { answerSchema, eventSchema, modelSchema } from './schemas.js';

/** How answers and events are checked. */
export interface ValidatorOptions {
  /**
   * What happens to answers and events that do not match their schema. `strict`: the call errors with `MismatchError`, and the event is not
   * delivered. `lenient`: they are delivered as they are. Unknown members are mismatches in both modes, so a server that is newer than this
   * library may cause many. @default 'strict'
   */
  readonly mode?: 'strict' | 'lenient' | undefined;
  /** Called with each mismatch, in both modes. Those of events are in `connection.diagnostics$` as well. @default nothing is called */
  readonly report?: ((error: MismatchError) => void) | undefined;
  /**
   * Schemas of your own by the name of an operation or event, such as an event of a plugin. They can be of any library with Standard Schema,
   * and must answer at once. They replace those of this library. They only check: values that they transform are not used. Their messages are in
   * the errors as what was expected, so they should contain no values. @default none
   */
  readonly schemas?: Readonly<Record<string, StandardSchemaV1>> | undefined;
}

/**
 * Checks answers and events against the schemas of this library. Bytes are not checked, nor the result of `raw()`, nor an operation or
 * event without a schema. Only bundles that use this function contain the schemas.
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
  const check = (name: string, mismatches: ReturnType<typeof mismatchesOf>): MismatchError | undefined => {
    if (mismatches.length === 0) return undefined;
    const error = new MismatchError(name, mismatches);
    errors.next(error);
    return error;
  };
  return {
    answer(operation, value) {
      const schema = own.get(operation) ?? answerSchema(operation);
      const error = schema && check(operation, mismatchesOf(schema, value));
      if (error && mode === 'strict') throw error;
    },
    event({ event, data, broadcast }, reportProblem) {
      const schema = own.get(event) ?? eventSchema(event);
      if (!schema) return true;
      const error = check(event, [
        ...mismatchesOf(schema, data, '$.data'),
        ...mismatchesOf(modelSchema('Broadcast'), broadcast, '$.broadcast'),
      ]);
      if (error) reportProblem(error.message);
      return !error || mode === 'lenient';
    },
  };
}
