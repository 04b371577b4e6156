import { fullPath, refName, type Schema, type Spec, type SpecOperation } from './spec.js';

/** One OpenAPI 3.1 document of everything in `spec/`, with the corrections applied. */
export function openApiDocument(spec: Spec): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of spec.operations) {
    const path = (paths[fullPath(operation)] ??= {});
    path[operation.method.toLowerCase()] = entry(operation);
  }
  const schemas = [...spec.schemas].map(([name, { schema }]) => [name, localRefs(plain(schema, spec))] as const);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mattermost REST API v4, corrected',
      version: '11.6.0',
      description:
        'Made from the source of the server and its recorded traffic, not from its documentation: docs/corrections.md lists the differences. spec/README.md explains the `x-` members.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '{site}', variables: { site: { default: 'http://localhost:8065' } } }],
    security: [{ bearer: [] }, { cookie: [] }],
    tags: [...new Set(spec.operations.map(({ group }) => group))].sort().map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'MMAUTHTOKEN' },
      },
      schemas: Object.fromEntries(schemas.sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function entry({ method: _, path: __, beside: ___, group, tags: ____, ...facts }: SpecOperation): object {
  return {
    tags: [group],
    ...(localRefs(facts) as object),
    ...(facts['x-guard'].startsWith('none') && { security: [] }),
  };
}

/** A schema in terms that OpenAPI has: the parts that `x-partial-of` stands for are written out. */
function plain(schema: Schema, spec: Spec): Schema {
  const { 'x-partial-of': whole, properties, ...facts } = schema;
  if (whole) return { ...facts, ...partOf(whole, spec) };
  return properties ? { ...facts, properties: mapValues(properties, (member) => plain(member, spec)) } : schema;
}

/** A schema of which everything may be left out, and so of the objects in it. Lists are whole. */
function partOf(schema: Schema, spec: Spec): Schema {
  if (schema.$ref) return partOf(spec.schemas.get(refName(schema.$ref))?.schema ?? {}, spec);
  const { required: _, properties, additionalProperties: rest, anyOf, allOf, ...facts } = schema;
  const part = (inner: Schema): Schema => partOf(inner, spec);
  return {
    ...facts,
    ...(properties && { properties: mapValues(properties, part) }),
    ...(rest !== undefined && { additionalProperties: typeof rest === 'object' ? part(rest) : rest }),
    ...(anyOf && { anyOf: anyOf.map(part) }),
    ...(allOf && { allOf: allOf.map(part) }),
  };
}

const mapValues = <T>(values: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));

/** References to other files of `spec/api` become references within the document. */
function localRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localRefs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' ? `#/components/schemas/${refName(String(item))}` : localRefs(item),
    ]),
  );
}
