import { describe, expect, it } from 'vitest';
import { applyOverlay, select, type OverlayAction } from '../../../scripts/generate/overlay.js';

const apply = (document: Record<string, unknown>, ...actions: OverlayAction[]): unknown => {
  applyOverlay(document, { overlay: '1.0.0', info: { title: 'a', version: '1' }, extends: 'a.yaml', actions });
  return document;
};

describe('select', () => {
  const document = {
    paths: { '/a/{id}': { get: { tags: ['x', 'y'], parameters: [{ name: 'p' }, { name: 'q' }, { name: 'p' }] } } },
  };

  it('follows names, quoted names and filters', () => {
    const found = select(document, `$.paths['/a/{id}'].get.parameters[?@.name=='p']`);
    expect(found.map(({ key }) => key)).toEqual([0, 2]);
    expect(select(document, `$.paths['/a/{id}'].get.tags[?@=='y']`).map(({ key }) => key)).toEqual([1]);
  });

  it('finds nothing where a name is missing on the way', () => {
    expect(select(document, `$.paths['/b'].get`)).toEqual([]);
    expect(select(document, `$.paths['/a/{id}'].get.tags.x.y`)).toEqual([]);
  });

  it('refuses what it cannot read, rather than guessing', () => {
    expect(() => select(document, 'paths')).toThrow('must begin with $');
    expect(() => select(document, '$.paths[*]')).toThrow('cannot read [*]');
  });
});

describe('applyOverlay', () => {
  it('merges objects, joins arrays and replaces everything else', () => {
    const document = { a: { list: [1], text: 'old', inner: { keep: true } } };
    const update = { list: [2], text: 'new', inner: { more: 1 } };
    expect(apply(document, { target: '$.a', description: 'why', update })).toEqual({
      a: { list: [1, 2], text: 'new', inner: { keep: true, more: 1 } },
    });
  });

  it('appends to an array that is the target itself', () => {
    expect(apply({ a: ['x'] }, { target: '$.a', description: 'why', update: 'y' })).toEqual({ a: ['x', 'y'] });
  });

  it('removes members, and every matching element of an array', () => {
    const document = { a: { b: 1, c: 2 }, d: ['x', 'y', 'x'] };
    expect(
      apply(
        document,
        { target: '$.a.b', description: 'why', remove: true },
        { target: `$.d[?@=='x']`, description: 'why', remove: true },
      ),
    ).toEqual({ a: { c: 2 }, d: ['y'] });
  });

  it('fails for a correction whose target is not there, and for one without a reason', () => {
    expect(() => apply({ a: 1 }, { target: '$.b', description: 'why', update: 2 })).toThrow(
      '$.b must be in the document',
    );
    expect(() => apply({ a: 1 }, { target: '$.a', description: '', update: 2 })).toThrow('must have a description');
  });
});
