import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { answerSchema, bodyMembers } from './operation-data.js';
import type { Overlay } from './overlay.js';
import { fullPath, refName, type Parameter, type Schema, type Spec, type SpecOperation } from './spec.js';

/** `spec/documented.yaml`: what the public description says where it differs from the spec. */
interface Documented {
  readonly answers: Readonly<Record<string, readonly Departure[]>>;
  readonly undocumented: readonly string[];
}

interface Departure {
  readonly what: 'answer' | 'success code';
  readonly documented: string;
  readonly evidence: string;
}

/** One point in which the public description is wrong. */
interface Correction {
  readonly what: string;
  readonly documented: string;
  readonly server: string;
  readonly evidence: string;
}

const root = new URL('../../spec/', import.meta.url);
const handlers = 'handlers of 11.6';
const routes = 'routes of 11.6 and 5.37';

/** `docs/corrections.md`: every point in which the spec differs from the public description, with its evidence. */
export function correctionsPage(spec: Spec): string {
  const documented = parse(readFileSync(new URL('documented.yaml', root), 'utf8')) as Documented;
  const ids = new Set(spec.operations.map(({ operationId }) => operationId));
  for (const id of [...Object.keys(documented.answers), ...documented.undocumented])
    if (!ids.has(id)) throw new Error(`spec/documented.yaml: ${id} must be an operation of spec/api`);
  const found = spec.operations.map((operation) => [operation, correctionsOf(operation, documented)] as const);
  const wrong = found.filter(([, list]) => list.length > 0);
  const count = wrong.reduce((sum, [, list]) => sum + list.length, 0);
  const groups = [...new Set(wrong.map(([{ group }]) => group))].sort();
  return [
    '# Corrections of the public API description',
    '',
    `Made by \`npm run spec\` from \`spec/\`. The public description of the API differs from what servers 11.6 and 5.37 do in ${count} points of ${wrong.length} operations,`,
    `out of ${spec.operations.length}. The last section lists corrections of facts that were read from the source of the server: live servers behave differently.`,
    '',
    'The public description also leaves open which members are always sent: only 10 of its 182 schemas have a list of required members. The lists in `spec/openapi.yaml`',
    "come from the server's structs and from recorded answers.",
    ...groups.flatMap((group) => section(group, wrong)),
    '',
    '## Corrections of the facts from the source',
    '',
    '| where | what, and its evidence |',
    '| --- | --- |',
    ...overlays().map(([target, why]) => row([`\`${target}\``, why])),
    '',
  ].join('\n');
}

function section(group: string, wrong: readonly (readonly [SpecOperation, readonly Correction[]])[]): string[] {
  const rows = wrong
    .filter(([operation]) => operation.group === group)
    .flatMap(([operation, list]) =>
      list.map(({ what, documented, server, evidence }) =>
        row([
          `\`${operation.operationId}\` ${operation.method} \`${fullPath(operation)}\``,
          what,
          documented,
          server,
          evidence,
        ]),
      ),
    );
  return [
    '',
    `## ${group}`,
    '',
    '| operation | what | documented | server | evidence |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function correctionsOf(operation: SpecOperation, { answers, undocumented }: Documented): Correction[] {
  const { operationId: id, parameters = [] } = operation;
  const list = parameters.flatMap(ofParameter);
  for (const [name, schema] of bodyMembers(operation))
    if (schema['x-sent-as']) list.push(renamed(`\`${name}\` of the body`, schema['x-sent-as']));
  for (const { what, documented, evidence } of answers[id] ?? [])
    list.push({
      what,
      documented,
      server: what === 'answer' ? answerName(operation) : successCode(operation),
      evidence,
    });
  if (undocumented.includes(id)) list.push({ what: 'operation', documented: 'no', server: 'yes', evidence: routes });
  if (operation['x-routed'] === false && !operation['x-newer'])
    list.push({ what: 'operation', documented: 'yes', server: 'no route of its own', evidence: routes });
  return list;
}

function ofParameter({ name, ...parameter }: Parameter): Correction[] {
  const what = `query \`${name}\``;
  if (parameter['x-sent-as']) return [renamed(what, parameter['x-sent-as'])];
  if (parameter['x-read'] === false)
    return [{ what, documented: 'yes', server: 'does not read it', evidence: handlers }];
  if (parameter['x-documented'] === false) return [{ what, documented: 'no', server: 'reads it', evidence: handlers }];
  return [];
}

const renamed = (what: string, name: string): Correction => ({
  what,
  documented: 'yes',
  server: `reads \`${name}\``,
  evidence: 'handlers, and seen on 11.6 and 5.37',
});

const successCode = ({ responses }: SpecOperation): string =>
  Object.keys(responses)
    .filter((code) => code.startsWith('2'))
    .join(', ');

const answerName = (operation: SpecOperation): string => nameOf(answerSchema(operation) ?? {});

function nameOf(schema: Schema): string {
  if (schema.$ref) return `\`${refName(schema.$ref)}\``;
  if (schema.type === 'array') return `list of ${nameOf(schema.items ?? {})}`;
  if (schema.anyOf) return schema.anyOf.map(nameOf).join(' or ');
  if (schema.format === 'binary') return 'bytes';
  return typeof schema.type === 'string' ? schema.type : 'anything';
}

/** Target and reason of each correction in `spec/overlay`. */
function overlays(): [string, string][] {
  const folder = new URL('overlay/', root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((file) => (parse(readFileSync(new URL(file, folder), 'utf8')) as Overlay).actions)
    .map(({ target, description }): [string, string] => [
      target.replace(/^\$\.(paths|components\.schemas)/, ''),
      description,
    ]);
}
