import { describe, expect, it } from 'vitest';
import { defineGroup } from '../../../src/api/define-group.js';
import type { Operation, Rest } from '../../../src/api/operation.js';
import { rowsPlan } from '../../../src/api/paging.js';

interface Given {
  readonly via: 'call' | 'paged';
  readonly operation: Operation;
  readonly args: readonly unknown[];
}

/** Tells what a method hands to the pipeline. */
const rest = {
  call: (operation: Operation, ...args: unknown[]): Given => ({ via: 'call', operation, args }),
  paged: (operation: Operation, _plan: unknown, ...args: unknown[]): Given => ({ via: 'paged', operation, args }),
} as unknown as Rest;

interface Things {
  getThing(id: string, query?: object): Given;
  patchThing(id: string, part: string, body: object, query?: object): Given;
  listThings(query?: object): Given;
  readThing(id: string): Given;
}

const Things = defineGroup<Things>(
  `
/things/{thing_id} GET getThing
readThing = getThing
./{part} PUT patchThing body safe=false rename={"a":"b"}
../.. GET listThings answer=list paging=page
`,
  { page: rowsPlan },
);

describe('a group made from a table', () => {
  const things = new Things(rest);

  it('has a method for each line, which gives the parts of the route, the body and the query in this order', () => {
    expect(things.getThing('t1', { q: 1 }).args).toEqual([['t1'], undefined, { q: 1 }]);
    expect(things.patchThing('t1', 'head', { a: 1 }, { q: 1 }).args).toEqual([['t1', 'head'], { a: 1 }, { q: 1 }]);
    expect(things.getThing('t1').args).toEqual([['t1'], undefined, undefined]);
  });

  it('reads facts as what they are: texts, truths, lists and objects', () => {
    expect(things.patchThing('t', 'p', {}).operation).toEqual({
      id: 'patchThing',
      method: 'PUT',
      path: '/things/{thing_id}/{part}',
      body: true,
      safe: false,
      rename: { a: 'b' },
    });
    expect(things.listThings().operation).toMatchObject({ answer: 'list', paging: 'page' });
  });

  it('pages only what has a plan', () => {
    expect(things.listThings({ page: 1 })).toMatchObject({ via: 'paged', args: [[], undefined, { page: 1 }] });
    expect(things.getThing('t1').via).toBe('call');
  });

  it('has one method under each of its names', () => {
    expect(things.readThing('t1').operation.id).toBe('getThing');
  });

  it('is a class of its own', () => {
    expect(things).toBeInstanceOf(Things);
    expect(Object.keys(Things.prototype as object)).toEqual(['getThing', 'readThing', 'patchThing', 'listThings']);
  });
});
