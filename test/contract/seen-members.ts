import { answerSchemas } from '../../scripts/generate/operation-data.js';
import { refName, type Schema } from '../../scripts/generate/spec.js';
import { recordedVersions } from '../fixtures/recordings.js';
import { recordedCalls, spec } from './recorded-calls.js';

/** How often a member of an entity was seen in recorded answers. */
export interface Seen {
  /** Entities that were looked at. */
  of: number;
  present: number;
  null: number;
}

/** Whether a value can be of a schema, by the members that it must have. */
function fits(schema: Schema, value: unknown): boolean {
  if (schema.$ref) return fits(spec.schemas.get(refName(schema.$ref))?.schema ?? {}, value);
  if (Array.isArray(value)) return schema.type === 'array' && value.every((item) => fits(schema.items ?? {}, item));
  if (typeof value !== 'object' || value === null || schema.type === 'array') return false;
  return (schema.required ?? []).every((name) => name in value);
}

/** Members of every entity that recorded answers of both versions hold, by the entity's name. */
export function seenMembers(): Map<string, { count: number; members: Map<string, Seen> }> {
  const seen = new Map<string, { count: number; members: Map<string, Seen> }>();
  const note = (name: string, value: object): void => {
    const entity = seen.get(name) ?? { count: 0, members: new Map<string, Seen>() };
    seen.set(name, entity);
    entity.count++;
    for (const [key, member] of Object.entries(value)) {
      const known = entity.members.get(key) ?? { of: 0, present: 0, null: 0 };
      entity.members.set(key, known);
      known.present++;
      if (member === null) known.null++;
    }
  };
  const walk = (schema: Schema, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (schema.$ref) {
      const name = refName(schema.$ref);
      if (!Array.isArray(value)) note(name, value);
      walk(spec.schemas.get(name)?.schema ?? {}, value);
      return;
    }
    for (const branch of [...(schema.allOf ?? []), ...(schema.anyOf ?? []).filter((one) => fits(one, value))])
      walk(branch, value);
    if (Array.isArray(value)) for (const item of value) walk(schema.items ?? {}, item);
    else
      for (const [key, member] of Object.entries(value)) {
        const rest = schema.additionalProperties;
        walk(schema.properties?.[key] ?? (typeof rest === 'object' ? rest : {}), member);
      }
  };
  for (const version of recordedVersions)
    for (const { operation, exchange } of recordedCalls(version))
      if (exchange.status >= 200 && exchange.status < 300) walk({ anyOf: answerSchemas(operation) }, exchange.resBody);
  for (const { count, members } of seen.values()) for (const member of members.values()) member.of = count;
  return seen;
}
