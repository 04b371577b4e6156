import { answerSchema, answerSchemas, mayBeEmpty } from './operation-data.js';
import { arrayOf, literalOf, objectOf, tableOf, unionOf, type Model, type NotedMember } from './schema-notation.js';
import { readEventTypes } from './schemas-of-events.js';
import { isGenerated, refName, type Schema, type Spec, type SpecOperation } from './spec.js';

/**
 * The schemas of `matterstream/validate`: of the answer of each operation, of the data of each event, and of the models in these.
 *
 * @param entities generated types by path; the types of events refer to them.
 */
export function schemaFiles(spec: Spec, entities: ReadonlyMap<string, string>): Map<string, string> {
  const models = new Map<string, Model>();
  const use = (name: string): string => {
    const { schema } = spec.schemas.get(name) ?? {};
    if (!schema) throw new Error(`${name}: must be a schema of spec/api`);
    if (models.has(name)) return name;
    if (!isObject(schema, spec)) return notationOf(schema, spec, use);
    // Set before its members are read, because they may refer back to it.
    models.set(name, { type: '', from: 'generated/entities' });
    models.set(name, { type: notationOf(schema, spec, use), from: 'generated/entities' });
    return name;
  };
  const answers = spec.operations.flatMap((operation): [string, string][] => {
    const type = isGenerated(spec, operation) ? answerType(operation, spec, use) : 'unknown';
    return type === 'unknown' ? [] : [[operation.operationId, type]];
  });
  const events = readEventTypes(entities, models, use);
  const named = new Map([...models].sort(([a], [b]) => (a < b ? -1 : 1)));
  return new Map([
    ['src/validate/generated/models.ts', modelFile(named)],
    [
      'src/validate/generated/answers.ts',
      tableOf(
        'answers',
        'The answer of each operation that answers JSON or text of a known type.',
        new Map(answers.sort()),
      ),
    ],
    ['src/validate/generated/events.ts', tableOf('events', 'The `data` of each event, decoded.', events)],
  ]);
}

function modelFile(models: ReadonlyMap<string, Model>): string {
  const imports = [...new Set([...models.values()].map(({ from }) => from))].sort().map((from) => {
    const names = [...models].flatMap(([name, model]) => (model.from === from ? [name] : []));
    return `import type { ${names.join(', ')} } from '../../models/${from}.js';`;
  });
  const members = [...models.keys()].map((name) => `readonly ${name}: ${name};`);
  return [
    imports.join('\n'),
    `/** The models that have a schema, by name. */\nexport interface Models {\n${members.join('\n')}\n}`,
    tableOf(
      'models',
      'The models in answers and events.',
      new Map([...models].map(([name, { type }]) => [name, type])),
    ),
  ].join('\n\n');
}

function answerType(operation: SpecOperation, spec: Spec, use: (name: string) => string): string {
  const main = answerSchema(operation);
  if (!main || main.format === 'binary') return 'unknown';
  const types = answerSchemas(operation).map((schema) => notationOf(schema, spec, use));
  return unionOf(mayBeEmpty(operation) ? [...types, 'nothing'] : types);
}

/** Whether a schema is an object with members, and not another name for a simple type. */
function isObject(schema: Schema, spec: Spec): boolean {
  return !!schema.properties || basesOf(schema, spec).some((base) => isObject(base, spec));
}

/** The schemas that a schema refers to or extends. */
function basesOf({ $ref, allOf = [] }: Schema, spec: Spec): readonly Schema[] {
  return $ref ? [spec.schemas.get(refName($ref))?.schema ?? {}] : allOf;
}

/** The type of a schema in the notation of schemas; `use` gives the types of the schemas that it refers to. */
export function notationOf(schema: Schema, spec: Spec, use: (name: string) => string): string {
  const of = (inner: Schema): string => notationOf(inner, spec, use);
  if (schema.$ref) return use(refName(schema.$ref));
  if ('const' in schema) return literalOf(schema.const);
  if (schema.enum) return unionOf(schema.enum.map(literalOf));
  if (schema.anyOf) return unionOf(schema.anyOf.map(of));
  if (typeof schema.type === 'object') return unionOf(schema.type.map((type) => of({ ...schema, type })));
  if (schema.allOf?.length === 1) return of(schema.allOf[0]!);
  if (schema.allOf) return objectOf(...membersOf(schema, spec, use));
  switch (schema.type) {
    case 'array':
      return arrayOf(of(schema.items ?? {}));
    case 'object':
      return schema.properties || schema.additionalProperties ? objectOf(...membersOf(schema, spec, use)) : 'object';
    case undefined:
      return 'unknown';
    default:
      return schema.type;
  }
}

/** The members of an object and of the objects that it extends, and the type of all other members if there may be any. */
function membersOf(
  schema: Schema,
  spec: Spec,
  use: (name: string) => string,
): [members: NotedMember[], rest: string | undefined] {
  const { properties = {}, required = [], additionalProperties: rest } = schema;
  const inherited = basesOf(schema, spec).map((base) => membersOf(base, spec, use));
  const own = Object.entries(properties).map(([name, property]): NotedMember => {
    return { name, type: notationOf(property, spec, use), optional: !required.includes(name) };
  });
  const members = new Map([...inherited.flatMap(([all]) => all), ...own].map((member) => [member.name, member]));
  if (typeof rest === 'object') return [[...members.values()], notationOf(rest, spec, use)];
  return [[...members.values()], rest ? 'unknown' : inherited.find(([, type]) => type)?.[1]];
}
