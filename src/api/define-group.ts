import type { Operation, Rest } from './operation.js';
import type { PagePlan, PlanKinds } from './paging.js';

/** The class of a group: `new UsersApi(rest)`. */
export interface GroupClass<G> {
  new (rest: Rest): G;
  /** What each method calls, by its name. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/**
 * Makes the class of a group of operations from a table, which is a quarter of the size of the methods written out. A line is one method:
 * the route, the HTTP method, its name, and the facts of {@link Operation} as `key=value`, a bare key standing for true. A route that begins with
 * a dot goes on from the one before, as relative paths do: `./a` below it, `../a` beside it. A line `name = other` is another name of a
 * method. The arguments of a method are those of the route, then the body if the operation has one, then the query.
 *
 * @param plans of the kinds of paging that the table names.
 */
export function defineGroup<G>(table: string, plans?: PlanKinds): GroupClass<G> {
  class Group {
    static readonly operations: Record<string, Operation> = {};
    constructor(readonly rest: Rest) {}
  }
  const methods = Group.prototype as unknown as Record<string, (this: { rest: Rest }, ...args: unknown[]) => unknown>;
  const { operations } = Group;
  let parts: string[] = [];
  for (const line of table.trim().split('\n')) {
    const [route, method, id, ...facts] = line.split(' ') as [string, Operation['method'] | '=', string];
    if (method === '=') {
      methods[route] = methods[id]!;
      operations[route] = operations[id]!;
      continue;
    }
    if (!route.startsWith('.')) parts = [];
    for (const part of route.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    const path = parts.join('/');
    const operation = (operations[id] = { id, method, path, ...readFacts(facts) } as Operation);
    const count = path.split('{').length - 1;
    const bodies = Number(operation.body ?? method.startsWith('P'));
    const plan = operation.paging && plans?.[operation.paging];
    methods[id] = function (...args) {
      const values = args.slice(0, count) as string[];
      const body = bodies ? args[count] : undefined;
      const query = args[count + bodies] as object | undefined;
      return plan
        ? this.rest.paged(operation, plan(operation) as PagePlan<unknown, unknown[]>, values, body, query)
        : this.rest.call(operation, values, body, query);
    };
  }
  return Group as unknown as GroupClass<G>;
}

function readFacts(facts: readonly string[]): object {
  return Object.fromEntries(
    facts.map((fact): [string, unknown] => {
      const [key, value = 'true'] = fact.split('=') as [string, string?];
      // All else is text, a version too: 11.10 comes after 11.9.
      return [key, /^([[{]|true$|false$)/.test(value) ? JSON.parse(value) : value];
    }),
  );
}
