import { createMethod, pascal } from './method.js';
import { operationLines } from './operation-data.js';
import { isGenerated, type Spec, type SpecOperation } from './spec.js';
import { comment } from './types.js';

/** Plan of `src/api/paging.ts` for each kind of paging. */
const planOf = { page: 'rowsPlan', posts: 'postsPlan', saved: 'postsPlan' };

/** The class of each group. */
export function operationFiles(spec: Spec): Map<string, string> {
  const files = new Map<string, string>();
  for (const group of Object.keys(spec.groups)) {
    const operations = spec.operations.filter((operation) => operation.group === group && isGenerated(spec, operation));
    if (operations.length > 0) files.set(`src/api/generated/${group}.ts`, groupFile(group, operations));
  }
  return files;
}

function groupFile(group: string, operations: readonly SpecOperation[]): string {
  const entities = new Set<string>();
  const name = `${pascal(group)}Api`;
  const methods = operations.map((operation) => createMethod(operation, name, (entity) => entities.add(entity)));
  const code = methods.map((method) => method.code).join('\n\n');
  const queries = methods.flatMap(({ query }) => query ?? []);
  const plans = Object.entries(planOf).filter(([kind]) => operations.some((one) => one['x-paging'] === kind));
  const planNames = [...new Set(plans.map(([, plan]) => plan))];
  const planMap = plans.length > 0 ? `, { ${plans.map(([kind, plan]) => `${kind}: ${plan}`).join(', ')} }` : '';
  const calls = ['BinaryInput', 'Call', 'PagedCall'].filter((type) => new RegExp(`\\b${type}\\b`).test(code));
  const me = operations.some(({ path }) => path.includes('{user_id}'));
  const doc = comment([
    `Operations on ${group.replaceAll('-', ' ')}.${me ? ' The id of a user may be \`me\`, which is the caller.' : ''}`,
  ]);
  return [
    `import type { ${calls.join(', ')} } from '../call.js';`,
    `import { defineGroup, type GroupClass } from '../define-group.js';`,
    planNames.length > 0 ? `import { ${planNames.join(', ')} } from '../paging.js';` : '',
    entities.size > 0
      ? `import type { ${[...entities].sort().join(', ')} } from '../../models/generated/entities.js';`
      : '',
    '',
    ...queries,
    `${doc}export interface ${name} {\n${code}\n}\n`,
    `export const ${name}: GroupClass<${name}> = /* @__PURE__ */ defineGroup<${name}>('${name}', \`\n${operations.flatMap(operationLines).join('\n')}\n\`${planMap});`,
  ].join('\n');
}
