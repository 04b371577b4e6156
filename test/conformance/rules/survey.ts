import { expect } from 'vitest';
import { groups, type OperationName } from '../../../src/api/generated/all-groups.js';
import type { Operation } from '../../../src/api/operation.js';
import { isApiError, NetworkError, ProtocolError, UnsupportedOperationError, type Client } from '../../../src/index.js';
import { MismatchError, validator } from '../../../src/validate/index.js';
import { describeMismatch } from '../kit/findings.js';
import type { Chapter } from '../kit/rules.js';
import { unknownId } from '../kit/names.js';
import type { World } from '../kit/world.js';
import { asking, nameless, pathValue, queries, silent, unasked } from '../survey/arguments.js';
import { makeBelongings, type Belongings } from '../survey/belongings.js';

const belongings = new WeakMap<World, Promise<Belongings>>();
const belongingsOf = (world: World): Promise<Belongings> => {
  let made = belongings.get(world);
  if (!made) belongings.set(world, (made = makeBelongings(world)));
  return made;
};

const reads = ({ id, method }: Operation): boolean => (method === 'GET' ? !unasked.has(id) : id in asking);

type Method = (...args: readonly unknown[]) => PromiseLike<unknown>;

/** How a call ended: with an answer, without the route, with another refusal of the server; or with a fault, which is all else. */
type Ending = { readonly kind: 'answer' | 'no route' } | { readonly kind: 'refusal' | 'fault'; readonly text: string };

async function endingOf({ id, root }: Operation, call: () => PromiseLike<unknown>): Promise<Ending> {
  try {
    await call();
    return { kind: 'answer' };
  } catch (error) {
    if (error instanceof MismatchError) {
      const mismatches = new Set(error.mismatches.map((mismatch) => describeMismatch(id, mismatch)));
      return { kind: 'fault', text: [...mismatches].join('\n') };
    }
    // The page of the site stands where there is no such route beside the API.
    if (root && error instanceof ProtocolError) return { kind: 'no route' };
    if (silent.has(id) && error instanceof ProtocolError) return { kind: 'no route' };
    if (silent.has(id) && error instanceof NetworkError) return { kind: 'refusal', text: `${id} (no answer)` };
    if (!isApiError(error)) return { kind: 'fault', text: `${id}: ${String(error)}` };
    if (error instanceof UnsupportedOperationError || (root && error.status === 404)) return { kind: 'no route' };
    if (error.id === '' && !nameless.has(id))
      return { kind: 'fault', text: `${id}: a refusal without an id: ${String(error)}` };
    return { kind: 'refusal', text: `${id} (${error.status} ${error.id})` };
  }
}

/** What `supports` says of an operation against how a call of it ended. */
function disagreement({ id, since, until, licence, root }: Operation, supported: boolean, { kind }: Ending): string[] {
  const facts = `since ${since}, until ${until}, licence ${licence}`;
  if (supported) return kind === 'no route' ? [`${id}: supported (${facts}), but there is no such route`] : [];
  if (kind === 'answer') return [`${id}: not supported (${facts}), but there is an answer`];
  return kind === 'refusal' && !licence && !root ? [`${id}: not supported (${facts}), but the route is there`] : [];
}

/** Calls operations of a group as one user, and gives what differs from the spec. */
async function ask(world: World, group: string, operations: readonly Operation[], client: Client, me: string) {
  const own = await belongingsOf(world);
  const methods = client[group as keyof Client] as unknown as Readonly<Record<string, Method>>;
  const faults: string[] = [];
  const refusals: string[] = [];
  let answers = 0;
  for (const operation of operations.filter(({ id }) => !world.target.idle.includes(id))) {
    const { id, path } = operation;
    // By what is known of the server, not by what it answered before.
    const supported = await world.client({ token: world.alice.token }).supports(id as OperationName);
    const values = [...path.matchAll(/\{(\w+)/g)].map(([, name]) => pathValue(id, name!, own, me) ?? unknownId());
    for (const make of asking[id] ?? queries[id] ?? [() => []]) {
      const ending = await endingOf(operation, () => methods[id]!(...values, ...make(own, me)));
      if (ending.kind === 'answer') answers++;
      if (ending.kind === 'fault') faults.push(ending.text);
      if (ending.kind === 'refusal') refusals.push(ending.text);
      faults.push(...disagreement(operation, supported, ending));
    }
  }
  world.note(`${group}: ${answers} answers${refusals.length > 0 ? `; refused: ${refusals.join(', ')}` : ''}`);
  return faults;
}

export const survey: Chapter = (rule) => {
  for (const [group, { operations }] of Object.entries(groups)) {
    const reading = Object.values(operations).filter(reads);
    const once = [...new Set(reading)];
    if (once.length === 0) continue;
    rule(
      `what reads of ${group} answers as its schema says, or is refused by name, as supports() says`,
      async (world) => {
        const { target, alice, adminUser, client } = world;
        const validate = validator({ mode: 'strict' });
        const asAdmin = client({ loginId: target.loginId, password: target.password }, { validate });
        const asAlice = client({ token: alice.token }, { validate });
        const faults = [
          ...(await ask(world, group, once, asAdmin, adminUser.id)),
          ...(await ask(world, group, once, asAlice, alice.id)),
        ];
        expect([...new Set(faults)].join('\n')).toBe('');
      },
    );
  }
};
