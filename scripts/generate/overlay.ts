/** One correction of an OpenAPI Overlay. */
export interface OverlayAction {
  /** JSONPath of what is corrected, in the subset that {@link select} reads. */
  readonly target: string;
  /** Why, and where the fact comes from. */
  readonly description: string;
  readonly update?: unknown;
  readonly remove?: boolean;
}

export interface Overlay {
  readonly overlay: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly extends: string;
  readonly actions: readonly OverlayAction[];
}

type Container = Record<string, unknown> | unknown[];

/** A place in a document: a member of an object, or an element of an array. */
interface Slot {
  readonly parent: Container;
  readonly key: string | number;
}

const step = /\.([A-Za-z_$][\w-]*)|\['([^']*)'\]|\[\?@(?:\.([\w-]+))?\s*==\s*'([^']*)'\]/y;

/**
 * The places that a path selects. Reads a subset of JSONPath (RFC 9535): `.name`, `['name']`, and the filters `[?@=='value']` and
 * `[?@.name=='value']`.
 */
export function select(root: Container, path: string): Slot[] {
  if (!path.startsWith('$')) throw new Error(`JSONPath ${path}: must begin with $`);
  let values: Slot[] = [{ parent: { root }, key: 'root' }];
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const at = step.lastIndex;
    const match = step.exec(path);
    if (!match) throw new Error(`JSONPath ${path}: cannot read ${path.slice(at)}`);
    const [, dotted, quoted, member, wanted]: readonly (string | undefined)[] = match;
    const name = dotted ?? quoted;
    values = values.flatMap((slot) => {
      const value = read(slot);
      if (typeof value !== 'object' || value === null) return [];
      if (name !== undefined) return name in value ? [{ parent: value as Container, key: name }] : [];
      return Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => {
        const compared = member === undefined ? item : (item as Record<string, unknown> | null)?.[member];
        return compared === wanted
          ? [{ parent: value as Container, key: Array.isArray(value) ? Number(key) : key }]
          : [];
      });
    });
  }
  return values;
}

/** Applies the corrections in order. A correction whose target is not there is an error: it is out of date. */
export function applyOverlay(document: Container, overlay: Overlay): void {
  for (const { target, description, update, remove } of overlay.actions) {
    const slots = select(document, target);
    if (slots.length === 0) throw new Error(`overlay of ${overlay.extends}: ${target} must be in the document`);
    if (!description) throw new Error(`overlay of ${overlay.extends}: ${target} must have a description`);
    for (const slot of slots.reverse()) {
      if (remove) drop(slot);
      else write(slot, merge(read(slot), update));
    }
  }
}

const read = ({ parent, key }: Slot): unknown => (parent as Record<string | number, unknown>)[key];

function write({ parent, key }: Slot, value: unknown): void {
  (parent as Record<string | number, unknown>)[key] = value;
}

function drop({ parent, key }: Slot): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

/** Objects are merged member by member, arrays joined, everything else replaced: Overlay 1.0. */
function merge(old: unknown, update: unknown): unknown {
  if (Array.isArray(old)) return [...(old as unknown[]), ...(Array.isArray(update) ? (update as unknown[]) : [update])];
  if (!isObject(old) || !isObject(update)) return update;
  const merged = { ...old };
  for (const [key, value] of Object.entries(update)) merged[key] = key in old ? merge(old[key], value) : value;
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
