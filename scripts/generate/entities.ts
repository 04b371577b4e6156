import { isGenerated, refName, type Schema, type Spec } from './spec.js';
import { comment, members, typeOf, type TypeContext } from './types.js';

/** Types of the answers and bodies: one file for each file of `spec/api`, and `entities.ts`, which exports all of them. */
export function entityFiles(spec: Spec): Map<string, string> {
  const { answers, bodies } = usedSchemas(spec);
  const areas = new Map<string, string[]>();
  for (const name of [...new Set([...answers, ...bodies])].sort()) {
    const area = spec.schemas.get(name)?.area ?? '';
    areas.set(area, [...(areas.get(area) ?? []), name]);
  }
  const files = new Map<string, string>();
  for (const [area, names] of areas) {
    const imports = new Map<string, Set<string>>();
    const use = (name: string): void => {
      const from = spec.schemas.get(name)?.area ?? '';
      if (from !== area) imports.set(from, (imports.get(from) ?? new Set()).add(name));
    };
    const types = names.map((name) => {
      const { schema } = spec.schemas.get(name) ?? { schema: {} };
      return declaration(name, schema, { input: !answers.has(name), use });
    });
    const head = [...imports].map(
      ([from, used]) => `import type { ${[...used].sort().join(', ')} } from './${from}.js';`,
    );
    if (types.some((type) => type.includes('DeepPartial<')))
      head.push(`import type { DeepPartial } from '../deep-partial.js';`);
    files.set(`src/models/generated/${area}.ts`, [head.sort().join('\n'), ...types].filter(Boolean).join('\n\n'));
  }
  const exports = [...areas.keys()].sort().map((area) => `export type * from './${area}.js';`);
  files.set('src/models/generated/entities.ts', exports.join('\n'));
  return files;
}

function declaration(name: string, schema: Schema, context: TypeContext): string {
  const doc = comment([schema.description]);
  const bases = schema.allOf?.filter(({ $ref }) => $ref).map((base) => typeOf(base, context)) ?? [];
  const own = schema.allOf?.find(({ $ref }) => !$ref) ?? schema;
  if (!own.properties) return `${doc}export type ${name} = ${typeOf(schema, context)};`;
  const heritage = bases.length > 0 ? ` extends ${bases.join(', ')}` : '';
  return `${doc}export interface ${name}${heritage} {\n${members(own, context)}\n}`;
}

/** Names of the schemas that the answers and the bodies of generated operations use, directly or through other schemas. */
function usedSchemas(spec: Spec): { answers: Set<string>; bodies: Set<string> } {
  const answers = new Set<string>();
  const bodies = new Set<string>();
  const reach = (value: unknown, into: Set<string>): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key !== '$ref') {
        reach(item, into);
        continue;
      }
      const name = refName(String(item));
      if (into.has(name)) continue;
      into.add(name);
      reach(spec.schemas.get(name)?.schema, into);
    }
  };
  for (const operation of spec.operations) {
    if (!isGenerated(spec, operation)) continue;
    reach(operation.responses, answers);
    reach(operation.requestBody, bodies);
    for (const { answer, body } of operation['x-variants'] ?? []) {
      reach(answer, answers);
      reach(body, bodies);
    }
  }
  return { answers, bodies };
}
