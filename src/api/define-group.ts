import type { Rest } from './group-rest.js';
import type { HttpMethod, Operation, OperationFacts } from './operation.js';
import type { PagePlan, PlanKinds } from './paging.js';

/** The class of a group: `new UsersApi(rest)`. */
export interface GroupClass<G> {
  new (rest: Rest): G;
  /** What each method calls, by the name of the method. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** HTTP method and whole route of an operation, such as `GET /users/{user_id}/image`, and the facts that differ from the defaults. */
export type OperationEntry = readonly [route: `${HttpMethod} /${string}`, facts?: OperationFacts];

/** Another name of a method of the same group. */
export interface AliasEntry<Name> {
  readonly aliasOf: Name;
}

/** What stands in a generated group: one entry for each method. */
export type GroupEntries<G> = {
  readonly [Name in keyof G]: OperationEntry | AliasEntry<Exclude<keyof G, Name>>;
};

type AnyEntries = Readonly<Record<string, OperationEntry | AliasEntry<string>>>;
type GroupMethod = (this: { readonly rest: Rest }, ...args: readonly unknown[]) => unknown;
type Invoke = (rest: Rest, args: readonly unknown[]) => unknown;

/**
 * Makes the class of a group. The arguments of a method are the parameters of its route, then the body if the operation takes one, then
 * the query. An operation that pages becomes a paged call, by the plan for its kind of paging.
 *
 * Routes are read at the first call of a method, so that an import costs nothing but the literal and the functions.
 */
export function defineGroup<G>(entries: GroupEntries<G>, plans: PlanKinds = {}): GroupClass<G> {
  let known: Readonly<Record<string, Operation>> | undefined;
  class Group {
    constructor(readonly rest: Rest) {}

    static get operations(): Readonly<Record<string, Operation>> {
      return (known ??= readOperations(entries as AnyEntries));
    }
  }
  const methods = Group.prototype as unknown as Record<string, GroupMethod>;
  for (const id of Object.keys(entries)) {
    let invoke: Invoke | undefined;
    methods[id] = function (...args) {
      invoke ??= invokeOf(Group.operations[id]!, plans);
      return invoke(this.rest, args);
    };
  }
  return Group as unknown as GroupClass<G>;
}

function readOperations(entries: AnyEntries): Readonly<Record<string, Operation>> {
  const operations: Record<string, Operation> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const id = 'aliasOf' in entry ? entry.aliasOf : name;
    operations[name] = operations[id] ??= toOperation(id, entries[id] as OperationEntry);
  }
  return operations;
}

function toOperation(id: string, [route, facts]: OperationEntry): Operation {
  const [method, path] = route.split(' ') as [HttpMethod, string];
  return { id, method, path, ...facts };
}

/** How a method of the operation makes its call. */
function invokeOf(operation: Operation, plans: PlanKinds): Invoke {
  const { method, path, body: takesBody = method.startsWith('P'), paging } = operation;
  const pathCount = path.split('{').length - 1;
  const queryAt = pathCount + Number(takesBody);
  const planOf = paging && plans[paging];
  return (rest, args) => {
    const values = args.slice(0, pathCount) as string[];
    const body = takesBody ? args[pathCount] : undefined;
    const query = args[queryAt] as object | undefined;
    return planOf
      ? rest.paged(operation, planOf(operation) as PagePlan<unknown, unknown[]>, values, body, query)
      : rest.call(operation, values, body, query);
  };
}
