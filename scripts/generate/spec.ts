import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { HttpMethod, PagingKind } from '../../src/api/operation.js';
import { compareVersions } from '../../src/models/compare-versions.js';
import type { RecordedVersion } from '../../test/fixtures/recordings.js';
import { applyOverlay, type Overlay } from './overlay.js';

/** The part of JSON Schema that this project uses, with its extensions (see spec/README.md). */
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
  /** The value may be any part of this schema. */
  readonly 'x-partial-of'?: Schema;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
  readonly description?: string;
  readonly 'x-sent-as'?: string;
  /** False if it is documented, but no handler reads it. */
  readonly 'x-read'?: boolean;
  /** False if handlers read it, but it is not documented. */
  readonly 'x-documented'?: boolean;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface ResponseObject {
  readonly description: string;
  readonly content?: Content;
  readonly 'x-error-ids'?: readonly string[];
}

/** Another answer, for some values of the query or another body. */
export interface Variant {
  readonly query?: Readonly<Record<string, Schema>>;
  /** Whether the query may be left out, because its values are the default. */
  readonly optional?: boolean;
  readonly body?: Schema;
  readonly answer: Schema;
  /** Whether the operation pages only in this variant. */
  readonly paged?: boolean;
}

/** An operation as it stands in `spec/api` ("operation object" is the word of OpenAPI). */
export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, ResponseObject>>;
  readonly 'x-permission'?: string;
  /** Licence without which the server refuses. */
  readonly 'x-licence'?: string;
  /** Plugin whose operation it is. */
  readonly 'x-plugin'?: string;
  /** Newer than 11.6, the newest version that the facts were read from. */
  readonly 'x-newer'?: boolean;
  readonly 'x-guard': string;
  readonly 'x-routed'?: boolean;
  readonly 'x-since'?: string;
  /** Last version that has it; `0` if none ever did. */
  readonly 'x-until'?: string;
  readonly 'x-safe'?: boolean;
  readonly 'x-anonymous'?: boolean;
  readonly 'x-paging'?: PagingKind;
  /** Member of a page that holds its rows. */
  readonly 'x-rows'?: string;
  readonly 'x-single-page-with'?: readonly string[];
  readonly 'x-dedupe'?: string;
  readonly 'x-aliases'?: Readonly<Record<string, string>>;
  readonly 'x-variants'?: readonly Variant[];
}

/** An operation, and what its place in `spec/api` says of it. */
export interface SpecOperation extends OperationObject {
  /** The recorded version that has the route, if only one has it. */
  readonly 'x-only'?: RecordedVersion;
  readonly method: HttpMethod;
  /** Below the server of its document. */
  readonly path: string;
  readonly group: string;
  /** Whether the route lies beside `/api/v4`, not below it. */
  readonly beside: boolean;
}

interface Document {
  readonly servers?: readonly { readonly url: string }[];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface Group {
  readonly tags: readonly string[];
  readonly generate?: 'all' | readonly string[];
}

export interface Spec {
  readonly groups: Readonly<Record<string, Group>>;
  readonly operations: readonly SpecOperation[];
  /** Schemas by name, each with the name of the file of `spec/api` that defines it. */
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
        const place = { method: method.toUpperCase() as HttpMethod, path, group: area, beside };
        operations.push({ ...facts, ...onlyOf(facts), ...place });
      }
    }
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      if (schemas.has(name))
        throw new Error(`${area}.yaml: schema ${name} is in ${schemas.get(name)?.area ?? ''}.yaml already`);
      schemas.set(name, { area, schema });
    }
  }
  const spec: Spec = { groups: load('groups.yaml') as Spec['groups'], operations, schemas };
  check(spec);
  return spec;
}

/** The recorded version that has the route, if exactly one has it. */
function onlyOf(facts: OperationObject): Pick<SpecOperation, 'x-only'> {
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
    if (ids.has(id)) throw new Error(`${id}: operationId must be unique`);
    ids.add(id);
    const tagged = Object.entries(spec.groups).find(([, { tags: own }]) => own.includes(tags[0] ?? ''))?.[0];
    if (group !== 'root' && tagged !== group)
      throw new Error(`${id}: the first tag must be one of group ${group} in groups.yaml`);
    const declared = (operation.parameters ?? []).filter(({ in: place }) => place === 'path').map(({ name }) => name);
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (declared.join() !== named.join())
      throw new Error(`${id}: path parameters must be those of ${path}, in the same order`);
    const unknown = operation['x-newer'] ?? operation['x-until'] === '0';
    if (!operation['x-permission'] && !operation['x-plugin'] && !unknown)
      throw new Error(`${id}: must have x-permission`);
    if (isGenerated(spec, operation) && !operation.summary) throw new Error(`${id}: must have a summary`);
  }
  visitRefs(spec, (ref, where) => {
    const { area } = spec.schemas.get(refName(ref)) ?? {};
    const file = ref.slice(0, ref.indexOf('#'));
    if (!area || (file === '' ? area !== where : file !== `${area}.yaml`))
      throw new Error(`${where}.yaml: ${ref} must be a schema of spec/api`);
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
