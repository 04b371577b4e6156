import { basename } from 'node:path';
import type { PagingKind } from '../../src/api/operation.js';
import { camel, createMethod, pascal } from './method.js';
import { operationEntries } from './operation-data.js';
import { isGenerated, type Spec, type SpecOperation } from './spec.js';
import { comment } from './types.js';

/** The plan of each kind of paging, and the file of `src/api` that has it. */
const planOf = {
  page: ['rowsPlan', 'paging'],
  users: ['usersPlan', 'paging'],
  lines: ['linesPlan', 'paging'],
  posts: ['postsPlan', 'paging'],
  saved: ['postsPlan', 'paging'],
  search: ['postsPlan', 'paging'],
  replies: ['repliesPlan', 'paging-by-cursor'],
  threads: ['threadsPlan', 'paging-by-cursor'],
  after: ['afterPlan', 'paging-by-cursor'],
  properties: ['propertiesPlan', 'paging-by-cursor'],
  cursor: ['cursorPlan', 'paging-by-cursor'],
  report: ['reportPlan', 'paging-by-cursor'],
} as const satisfies Record<PagingKind, readonly [plan: string, file: string]>;

/** One file for each group, and `all-groups.ts`. */
export function operationFiles(spec: Spec): Map<string, string> {
  const files = new Map<string, string>();
  for (const group of Object.keys(spec.groups)) {
    const operations = spec.operations.filter((operation) => operation.group === group && isGenerated(spec, operation));
    if (operations.length > 0) files.set(`src/api/generated/${group}.ts`, groupFile(spec, group, operations));
  }
  files.set(
    'src/api/generated/all-groups.ts',
    allGroups([...files.keys()].map((path) => basename(path, '.ts')).sort()),
  );
  return files;
}

/** All groups, under their names on a client. */
function allGroups(groups: readonly string[]): string {
  const each = (line: (group: string, name: string) => string): string =>
    groups.map((group) => line(group, `${pascal(group)}Api`)).join('\n');
  return [
    each((group, name) => `import { ${name} } from './${group}.js';`),
    each((group) => `export * from './${group}.js';`),
    `/** A client's groups of operations. */\nexport interface Groups {\n${each((group, name) => `readonly ${camel(group)}: ${name};`)}\n}`,
    `/** Name of any operation. */\nexport type OperationName = { [G in keyof Groups]: keyof Groups[G] }[keyof Groups];`,
    `/** The class of each group. */\nexport const groups = {\n${each((group, name) => `${camel(group)}: ${name},`)}\n};`,
  ].join('\n\n');
}

function groupFile(spec: Spec, group: string, operations: readonly SpecOperation[]): string {
  const entities = new Set<string>();
  const name = `${pascal(group)}Api`;
  const methods = operations.map((operation) =>
    createMethod(operation, name, spec.schemas, (entity) => entities.add(entity)),
  );
  const code = methods.map((method) => method.code).join('\n\n');
  const plans = Object.entries(planOf).filter(([kind]) => operations.some((one) => one['x-paging'] === kind));
  return [
    imports(code, plans, entities),
    ...methods.flatMap(({ query }) => query ?? []),
    `${groupDoc(group, operations)}export interface ${name} {\n${code}\n}\n`,
    groupClass(name, operations, plans),
  ].join('\n');
}

type Plan = readonly [kind: string, where: (typeof planOf)[PagingKind]];

function imports(code: string, plans: readonly Plan[], entities: ReadonlySet<string>): string {
  const uses = (type: string): boolean => new RegExp(`\\b${type}\\b`).test(code);
  const calls = ['BinaryInput', 'Call'].filter(uses);
  const planFiles = [...new Set(plans.map(([, [, file]]) => file))].map((file) => {
    const names = plans.flatMap(([, [plan, from]]) => (from === file ? [plan] : []));
    return `import { ${[...new Set(names)].join(', ')} } from '../${file}.js';`;
  });
  const entityNames = [...entities].sort().join(', ');
  return [
    ...(calls.length > 0 ? [`import type { ${calls.join(', ')} } from '../call.js';`] : []),
    ...(uses('PagedCall') ? [`import type { PagedCall } from '../paged-call.js';`] : []),
    `import { defineGroup, type GroupClass } from '../define-group.js';`,
    ...planFiles,
    ...(entityNames ? [`import type { ${entityNames} } from '../../models/generated/entities.js';`] : []),
    '',
  ].join('\n');
}

function groupDoc(group: string, operations: readonly SpecOperation[]): string {
  const me = operations.some(({ path }) => path.includes('{user_id}'));
  const title = `Operations on ${group.replaceAll('-', ' ')}.`;
  return comment([me ? `${title} The id of a user may be \`me\`, which is the caller.` : title]);
}

/** The constant of a group. Each operation has a line of its own, with its whole route, so that a text search finds it. */
function groupClass(name: string, operations: readonly SpecOperation[], plans: readonly Plan[]): string {
  const entries = operations.flatMap(operationEntries).map(([id, entry]) => `${id}: ${JSON.stringify(entry)},`);
  const planMap = plans.map(([kind, [plan]]) => `${kind}: ${plan}`).join(', ');
  const args = `{\n${entries.join('\n')}\n}${planMap ? `, { ${planMap} }` : ''}`;
  return `export const ${name}: GroupClass<${name}> = /* @__PURE__ */ defineGroup<${name}>(${args});`;
}
