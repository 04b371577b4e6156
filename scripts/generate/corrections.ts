import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { answerSchema, bodyMembers } from './operation-data.js';
import type { Overlay } from './overlay.js';
import { fullPath, refName, type Parameter, type Schema, type Spec, type SpecOperation } from './spec.js';

/** What the public description says otherwise, as `spec/documented.yaml` has it. */
interface Documented {
  readonly answers: Readonly<Record<string, readonly Departure[]>>;
  readonly undocumented: readonly string[];
}

interface Departure {
  readonly what: 'answer' | 'success code';
  readonly documented: string;
  readonly evidence: string;
}

/** One point where the public description is wrong. */
interface Correction {
  readonly what: string;
  readonly documented: string;
  readonly server: string;
  readonly evidence: string;
}

const root = new URL('../../spec/', import.meta.url);
const handlers = 'handlers of 11.6';
const routes = 'routes of 11.6 and 5.37';

/** `docs/corrections.md`: every point where the spec departs from the public description, with its evidence. */
export function correctionsPage(spec: Spec): string {
  const documented = parse(readFileSync(new URL('documented.yaml', root), 'utf8')) as Documented;
  const ids = new Set(spec.operations.map(({ operationId }) => operationId));
  for (const id of [...Object.keys(documented.answers), ...documented.undocumented])
    if (!ids.has(id)) throw new Error(`spec/documented.yaml: there is no operation ${id}`);
  const found = spec.operations.map((operation) => [operation, correctionsOf(operation, documented)] as const);
  const wrong = found.filter(([, list]) => list.length > 0);
  const count = wrong.reduce((sum, [, list]) => sum + list.length, 0);
  const groups = [...new Set(wrong.map(([{ group }]) => group))].sort();
  return [
    '# Corrections of the public API description',
    '',
    `Made by \`npm run spec\` from \`spec/\`. ${count} points of ${wrong.length} operations, out of ${spec.operations.length}, where the public description of the API`,
    'differs from what servers 11.6 and 5.37 do, and further below what was corrected in the facts read from the source because live servers do otherwise.',
    'Beside these, the description hardly says which members are always there: of its 182 schemas 10 have a list of required ones. Those of `spec/openapi.yaml` come from the',
    "server's structs and from recorded answers.",
    ...groups.flatMap((group) => section(group, wrong)),
    '',
    '## Seen otherwise than the source says',
    '',
    '| where | what, and how it is known |',
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
  if (undocumented.includes(id))
    list.push({ what: 'operation', documented: 'not at all', server: 'has it', evidence: routes });
  if (operation['x-routed'] === false && !operation['x-newer'])
    list.push({ what: 'operation', documented: 'as this', server: 'no such route of its own', evidence: routes });
  return list;
}

function ofParameter({ name, ...parameter }: Parameter): Correction[] {
  const what = `query \`${name}\``;
  if (parameter['x-sent-as']) return [renamed(what, parameter['x-sent-as'])];
  if (parameter['x-read'] === false)
    return [{ what, documented: 'a parameter', server: 'does not read it', evidence: handlers }];
  if (parameter['x-documented'] === false)
    return [{ what, documented: 'not at all', server: 'reads it', evidence: handlers }];
  return [];
}

const renamed = (what: string, name: string): Correction => ({
  what,
  documented: 'this name',
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

/** Target and reason of each action of an overlay. */
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
