import { describe, expect, it } from 'vitest';
import { defineGroup } from '../../../src/api/define-group.js';
import type { Rest } from '../../../src/api/group-rest.js';
import type { Operation } from '../../../src/api/operation.js';
import { rowsPlan } from '../../../src/api/paging.js';

interface Given {
  readonly via: 'call' | 'paged';
  readonly operation: Operation;
  readonly args: readonly unknown[];
}

/** Gives back what a method hands to the pipeline. */
const rest = {
  call: (operation: Operation, ...args: unknown[]): Given => ({ via: 'call', operation, args }),
  paged: (operation: Operation, _plan: unknown, ...args: unknown[]): Given => ({ via: 'paged', operation, args }),
} as unknown as Rest;

interface Things {
  getThing(id: string, query?: object): Given;
  patchThing(id: string, part: string, body: object, query?: object): Given;
  makeThing(body: object, query?: object): Given;
  dropThing(id: string, query?: object): Given;
  listThings(query?: object): Given;
  searchThings(body: object): Given;
  readThing(id: string): Given;
}

const Things = defineGroup<Things>(
  {
    readThing: { aliasOf: 'getThing' },
    getThing: ['GET /things/{thing_id}'],
    patchThing: ['PUT /things/{thing_id}/{part}', { body: true, safe: false, rename: { a: 'b' } }],
    makeThing: ['POST /things'],
    dropThing: ['POST /things/{thing_id}/drop', { body: false }],
    listThings: ['GET /things', { answer: 'list', paging: 'page' }],
    searchThings: ['POST /things/search', { paging: 'search' }],
  },
  { page: rowsPlan },
);

describe('a group', () => {
  const things = new Things(rest);

  it('has a method for each entry, which takes the path parameters, the body and the query in this order', () => {
    expect(things.getThing('t1', { q: 1 }).args).toEqual([['t1'], undefined, { q: 1 }]);
    expect(things.patchThing('t1', 'head', { a: 1 }, { q: 1 }).args).toEqual([['t1', 'head'], { a: 1 }, { q: 1 }]);
    expect(things.getThing('t1').args).toEqual([['t1'], undefined, undefined]);
  });

  it('takes a body for POST, PUT and PATCH, unless the entry says otherwise', () => {
    expect(things.makeThing({ a: 1 }, { q: 1 }).args).toEqual([[], { a: 1 }, { q: 1 }]);
    expect(things.dropThing('t1', { q: 1 }).args).toEqual([['t1'], undefined, { q: 1 }]);
  });

  it('hands on the operation with its name, method, path and facts', () => {
    expect(things.patchThing('t', 'p', {}).operation).toEqual({
      id: 'patchThing',
      method: 'PUT',
      path: '/things/{thing_id}/{part}',
      body: true,
      safe: false,
      rename: { a: 'b' },
    });
    expect(things.patchThing('t', 'p', {}).operation).toBe(Things.operations['patchThing']);
  });

  it('pages only an operation whose kind of paging has a plan', () => {
    expect(things.listThings({ page: 1 })).toMatchObject({ via: 'paged', args: [[], undefined, { page: 1 }] });
    expect(things.searchThings({})).toMatchObject({ via: 'call' });
    expect(things.getThing('t1').via).toBe('call');
  });

  it('hands the plan of its kind of paging on, made for the operation', () => {
    const made: Operation[] = [];
    const plan = { name: 'the plan' };
    const Paged = defineGroup<{ listThings(query?: object): unknown }>(
      { listThings: ['GET /things', { paging: 'page' }] },
      { page: (operation: Operation) => (made.push(operation), plan) },
    );
    const given: unknown[] = [];
    const taking = { paged: (...args: unknown[]) => given.push(args) } as unknown as Rest;
    new Paged(taking).listThings();
    expect(made).toEqual([Paged.operations['listThings']]);
    expect(given).toEqual([[Paged.operations['listThings'], plan, [], undefined, undefined]]);
  });

  it('has the same operation under an alias, wherever that stands', () => {
    expect(things.readThing('t1').operation).toBe(things.getThing('t1').operation);
    expect(Things.operations['readThing']).toBe(Things.operations['getThing']);
    expect(things.readThing('t1').operation.id).toBe('getThing');
  });

  it('is a class with its methods on the prototype', () => {
    expect(things).toBeInstanceOf(Things);
    expect(things.constructor).toBe(Things);
    expect(Object.keys(Things.prototype as object)).toEqual([
      'readThing',
      'getThing',
      'patchThing',
      'makeThing',
      'dropThing',
      'listThings',
      'searchThings',
    ]);
  });

  it('does not compile with a wrong route, a wrong fact, a missing method or an alias of itself', () => {
    interface One {
      one(): void;
      other(): void;
    }
    // @ts-expect-error: the route lacks its HTTP method.
    defineGroup<One>({ one: ['/one'], other: { aliasOf: 'one' } });
    // @ts-expect-error: the route is not whole.
    defineGroup<One>({ one: ['GET ./one'], other: { aliasOf: 'one' } });
    // @ts-expect-error: there is no such fact.
    defineGroup<One>({ one: ['GET /one', { save: true }], other: { aliasOf: 'one' } });
    // @ts-expect-error: there is no such answer.
    defineGroup<One>({ one: ['GET /one', { answer: 'bytes' }], other: { aliasOf: 'one' } });
    // @ts-expect-error: `other` is missing.
    defineGroup<One>({ one: ['GET /one'] });
    // @ts-expect-error: `other` cannot be another name of itself.
    defineGroup<One>({ one: ['GET /one'], other: { aliasOf: 'other' } });
  });
});
