import { safeParse, type GenericSchema } from 'valibot';
import { decodeEvent } from '../../src/models/decode.js';
import { models } from '../../src/validate/generated/models.js';
import { answerSchema, eventSchema, modelSchema, type Models } from '../../src/validate/index.js';
import { recordedVersions } from '../fixtures/recordings.js';
import { recordedCalls } from './recorded-calls.js';
import { recordedEvents } from './recorded-events.js';

/** What the walk over a schema needs of it, whatever its kind. */
interface Node {
  readonly type: string;
  readonly getter?: (value: unknown) => Node;
  readonly options?: readonly Node[];
  readonly item?: Node;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly rest?: Node;
  readonly wrapped?: Node;
}

/** Of what no schema describes, nothing is looked at. */
const anything: Node = { type: 'unknown' };

const nodeOf = (schema: unknown): Node => schema as Node;
const accepts = (node: Node, value: unknown): boolean => safeParse(node as unknown as GenericSchema, value).success;

/** Names of the definitions of a generated table. */
const namesOf = (table: string): string[] => [...table.matchAll(/^(\w+): /gm)].map(([, name]) => name!);

/** How often an object of a type was recorded, and each of its optional members. */
export interface Occurrences {
  readonly of: number;
  readonly optional: ReadonlyMap<string, number>;
}

/**
 * The objects in every recorded answer and event of both versions, by the name of their type: a model, or the operation or event with the path of
 * the object in it.
 */
export function recordedObjects(): ReadonlyMap<string, Occurrences> {
  const names = new Map(namesOf(models).map((name) => [nodeOf(modelSchema(name as keyof Models)), name]));
  const found = new Map<string, { of: number; optional: Map<string, number> }>();

  const note = (node: Node, name: string, value: object): void => {
    const entry = found.get(name) ?? { of: 0, optional: new Map<string, number>() };
    found.set(name, entry);
    entry.of++;
    for (const [key, member] of Object.entries(node.entries ?? {})) {
      if (member.type !== 'exact_optional') continue;
      entry.optional.set(key, (entry.optional.get(key) ?? 0) + (key in value ? 1 : 0));
    }
  };
  const walk = (node: Node, value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const name = names.get(node) ?? path;
    if (node.getter) walk(node.getter(value), value, name);
    else if (node.wrapped) walk(node.wrapped, value, name);
    else if (node.options) {
      for (const option of node.options) if (accepts(option, value)) walk(option, value, name);
    } else if (Array.isArray(value)) {
      for (const item of value) walk(node.item ?? anything, item, `${name}[]`);
    } else if (node.entries) {
      note(node, name, value);
      for (const [key, member] of Object.entries(value)) {
        const own = node.entries[key];
        walk(own ?? node.rest ?? anything, member, `${name}.${own ? key : '*'}`);
      }
    }
  };

  for (const version of recordedVersions) {
    for (const { operation, exchange } of recordedCalls(version)) {
      const schema = answerSchema(operation.operationId);
      const { status, resBody } = exchange;
      if (schema && status >= 200 && status < 300) walk(nodeOf(schema), resBody, operation.operationId);
    }
    for (const frame of recordedEvents(version)) {
      const { event, data } = decodeEvent(structuredClone(frame));
      const schema = eventSchema(event);
      if (schema) walk(nodeOf(schema), data, event);
    }
  }
  return found;
}
