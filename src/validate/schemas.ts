import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { GenericSchema } from 'valibot';
import type { EventMap, EventName } from '../models/events.js';
import { answers } from './generated/answers.js';
import { events } from './generated/events.js';
import { models, type Models } from './generated/models.js';
import { readType } from './notation.js';

/**
 * The schema of a model, such as `Post`. Like all schemas of this library it refuses unknown members, and its messages contain no values.
 *
 * @example
 * const { issues } = await modelSchema('Post')['~standard'].validate(JSON.parse(text));
 */
export function modelSchema<N extends keyof Models>(name: N): StandardSchemaV1<unknown, Models[N]> {
  return model(name) as StandardSchemaV1<unknown, Models[N]>;
}

/** The schema of the answer to an operation such as `getUser`; `undefined` if that is nothing, bytes or not known. */
export function answerSchema(operation: string): StandardSchemaV1 | undefined {
  return answer(operation);
}

/** The schema of the decoded `data` of an event; `undefined` for unknown names, such as those of plugins. */
export function eventSchema<N extends EventName>(name: N): StandardSchemaV1<unknown, EventMap[N]>;
export function eventSchema(name: string): StandardSchemaV1 | undefined;
export function eventSchema(name: string): StandardSchemaV1 | undefined {
  return event(name);
}

const model = /* @__PURE__ */ schemasOf(models);
const answer = /* @__PURE__ */ schemasOf(answers);
const event = /* @__PURE__ */ schemasOf(events);

/** Makes the function that gives the schemas of a table by name. Each is made when it is first asked for, as most never are. */
function schemasOf(table: string): (name: string) => GenericSchema | undefined {
  const schemas = new Map<string, GenericSchema>();
  let types: ReadonlyMap<string, string> | undefined;
  return (name) => {
    let schema = schemas.get(name);
    types ??= readTable(table);
    const type = types.get(name);
    if (!schema && type) {
      schema = readType(type, (inner) => model(inner)!);
      schemas.set(name, schema);
    }
    return schema;
  };
}

/** The definitions of a table. An indented line continues the one before. */
function readTable(table: string): ReadonlyMap<string, string> {
  const definitions = table.trim().split(/\n(?! )/);
  return new Map(definitions.map((text) => text.split(/: (.*)/s, 2) as [string, string]));
}
