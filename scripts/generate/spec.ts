import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { RecordedVersion } from '../../test/fixtures/recordings.js';
import { applyOverlay, type Overlay } from './overlay.js';

/** What this project uses of JSON Schema, and its extensions (see spec/README.md). */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly 'x-extensible-enum'?: readonly string[];
  readonly 'x-absent'?: string;
  readonly 'x-only'?: string;
  readonly 'x-since'?: string;
  readonly 'x-sent-as'?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
  readonly description?: string;
  readonly 'x-sent-as'?: string;
  /** False if it is documented, and no handler reads it. */
  readonly 'x-read'?: boolean;
  /** False if handlers read it, and no document tells. */
  readonly 'x-documented'?: boolean;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface ResponseFacts {
  readonly description: string;
  readonly content?: Content;
  readonly 'x-error-ids'?: readonly string[];
}

/** Another answer, given for some values of the query or another body. */
export interface Variant {
  readonly query?: Readonly<Record<string, Schema>>;
  /** Whether the query may be left out, as its values are the default. */
  readonly optional?: boolean;
  readonly body?: Schema;
  readonly answer: Schema;
  /** Whether the operation pages only like this. */
  readonly paged?: boolean;
}

export interface OperationFacts {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, ResponseFacts>>;
  readonly 'x-permission'?: string;
  /** Licence without which the server refuses. */
  readonly 'x-licence'?: string;
  /** Plugin whose operation it is. */
  readonly 'x-plugin'?: string;
  /** Newer than the newest version that the facts were read from. */
  readonly 'x-newer'?: boolean;
  readonly 'x-guard': string;
  readonly 'x-routed'?: boolean;
  readonly 'x-since'?: string;
  /** Last version that has it; `0` if none ever did. */
  readonly 'x-until'?: string;
  readonly 'x-safe'?: boolean;
  readonly 'x-anonymous'?: boolean;
  /** `PagingKind` of `src/api/operation.ts`. */
  readonly 'x-paging'?: string;
  /** Member of a page that holds its rows. */
  readonly 'x-rows'?: string;
  readonly 'x-single-page-with'?: readonly string[];
  readonly 'x-dedupe'?: string;
  readonly 'x-aliases'?: Readonly<Record<string, string>>;
  readonly 'x-variants'?: readonly Variant[];
}

export interface SpecOperation extends OperationFacts {
  /** The one recorded version that has the route, if not both have. */
  readonly 'x-only'?: RecordedVersion;
  readonly method: string;
  /** Below the server of its document. */
  readonly path: string;
  readonly group: string;
  /** The route lies beside `/api/v4`, not below it. */
  readonly beside: boolean;
}

interface Document {
  readonly servers?: readonly { readonly url: string }[];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, OperationFacts>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface Group {
  readonly tags: readonly string[];
  readonly generate?: 'all' | readonly string[];
}

export interface Spec {
  readonly groups: Readonly<Record<string, Group>>;
  readonly operations: readonly SpecOperation[];
  /** Schemas by name, each with the file that it stands in. */
  readonly schemas: ReadonlyMap<string, { readonly area: string; readonly schema: Schema }>;
}

const root = new URL('../../spec/', import.meta.url);
const load = (path: string): unknown => parse(readFileSync(new URL(path, root), 'utf8'));

/** Reads `spec/`, with the corrections of `spec/overlay/` applied. */
export function loadSpec(): Spec {
  const operations: SpecOperation[] = [];
  const schemas = new Map<string, { area: string; schema: Schema }>();
  for (const file of readdirSync(new URL('api/', root)).sort()) {
    const area = file.replace(/\.yaml$/, '');
    const document = load(`api/${file}`) as Document;
    if (existsSync(new URL(`overlay/${file}`, root))) {
      applyOverlay(document as Record<string, unknown>, load(`overlay/${file}`) as Overlay);
    }
    const beside = document.servers?.[0]?.url === '{site}';
    for (const [path, item] of Object.entries(document.paths ?? {})) {
      for (const [method, facts] of Object.entries(item)) {
        operations.push({ ...facts, ...onlyOf(facts), method: method.toUpperCase(), path, group: area, beside });
      }
    }
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      if (schemas.has(name)) throw new Error(`schema ${name} stands in ${schemas.get(name)?.area ?? ''} and ${area}`);
      schemas.set(name, { area, schema });
    }
  }
  const spec: Spec = { groups: load('groups.yaml') as Spec['groups'], operations, schemas };
  check(spec);
  return spec;
}

/** Below 0 if a version is older than another one, above if it is newer. */
export function compareVersions(one: string, other: string): number {
  const [major = 0, minor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}

/** Of what no server routes, nothing is said. */
function onlyOf(facts: OperationFacts): Pick<SpecOperation, 'x-only'> {
  const { 'x-since': since = '0', 'x-until': until = 'Infinity', 'x-routed': routed = true } = facts;
  const has = (version: RecordedVersion): boolean =>
    compareVersions(since, version) <= 0 && compareVersions(version, until) <= 0;
  if (!routed || has('5.37') === has('11.6')) return {};
  return { 'x-only': has('5.37') ? '5.37' : '11.6' };
}

/** Name of the schema that a `$ref` points to. */
export function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

/** Path of an operation below the site. */
export const fullPath = ({ beside, path }: SpecOperation): string => (beside ? path : `/api/v4${path}`);

/** Whether an operation becomes a method. */
export function isGenerated({ groups }: Spec, { group, operationId }: SpecOperation): boolean {
  const generate = groups[group]?.generate;
  return generate === 'all' || (generate?.includes(operationId) ?? false);
}

function check(spec: Spec): void {
  const ids = new Set<string>();
  for (const operation of spec.operations) {
    const { operationId: id, path, tags, group } = operation;
    if (ids.has(id)) throw new Error(`${id}: there are two operations of that name`);
    ids.add(id);
    const tagged = Object.entries(spec.groups).find(([, { tags: own }]) => own.includes(tags[0] ?? ''))?.[0];
    if (group !== 'root' && tagged !== group) throw new Error(`${id}: tag ${String(tags[0])} is not of group ${group}`);
    const declared = (operation.parameters ?? []).filter(({ in: place }) => place === 'path').map(({ name }) => name);
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (declared.join() !== named.join())
      throw new Error(`${id}: path parameters ${declared.join()} are not those of ${path}`);
    const unknown = operation['x-newer'] ?? operation['x-until'] === '0';
    if (!operation['x-permission'] && !operation['x-plugin'] && !unknown) throw new Error(`${id}: has no x-permission`);
    if (isGenerated(spec, operation) && !operation.summary) throw new Error(`${id}: has no summary`);
  }
  visitRefs(spec, (ref, where) => {
    const { area } = spec.schemas.get(refName(ref)) ?? {};
    const file = ref.slice(0, ref.indexOf('#'));
    if (!area || (file === '' ? area !== where : file !== `${area}.yaml`))
      throw new Error(`${where}.yaml: ${ref} leads nowhere`);
  });
}

function visitRefs(spec: Spec, visit: (ref: string, area: string) => void): void {
  const walk = (value: unknown, area: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref') visit(String(item), area);
      else walk(item, area);
    }
  };
  for (const { group, ...operation } of spec.operations) walk(operation, group);
  for (const { area, schema } of spec.schemas.values()) walk(schema, area);
}
