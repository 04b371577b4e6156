import { describe, expect, it } from 'vitest';
import { defineGroup } from '../../../src/api/define-group.js';
import type { Operation } from '../../../src/api/operation.js';
import { createSupports, type Supports } from '../../../src/api/supports.js';
import { ValidationError } from '../../../src/models/errors.js';
import { answer, refusal, setUp, watch, type Bench } from './kit.js';

const Things = defineGroup<object>(
  `
/always GET always
/young GET young since=11.10
/gone GET gone until=5.37
/never GET never until=0
/paid GET paid licence=any
/dear GET dear licence=enterprise
/dearest GET dearest licence=advanced
/both GET both since=10.2 licence=professional
/system/ping GET getPing anonymous
/license/client GET getClientLicense fixed={"format":"old"} anonymous
/plugins/webapp GET getWebappPlugins answer=list
/plugins/playbooks/api/v0/runs GET ofPlugin root
/things/{thing_id} GET one
`,
);

const operation = (id: string): Operation => Things.operations[id]!;

/** A server of a version, with a licence or without. */
function serverOf(version: string, licensed = false, sku = 'professional'): Bench & { readonly supports: Supports } {
  const bench = setUp();
  const supports = createSupports(bench.rest, [Things], bench.clock);
  return {
    ...bench,
    supports: (name) => {
      const asked = bench.wire.sent.length;
      const result = supports(name);
      const seen = watch(result);
      for (let at = asked; at < bench.wire.sent.length; at++) {
        const { request, respond } = bench.wire.sent[at]!;
        const { id } = request.operation;
        if (id === 'getPing')
          respond(answer({ status: 'OK' }, 200, { 'x-version-id': `${version}.0.b.h.${licensed}` }));
        else if (id === 'getClientLicense') respond(answer({ IsLicensed: 'true', SkuShortName: sku }));
        else respond(answer([{ id: 'playbooks' }]));
      }
      return Object.assign(result, { seen });
    },
  };
}

const told = (supports: Supports, name: string): unknown =>
  (supports(name) as unknown as { seen: { values: unknown[] } }).seen.values;

describe('supports', () => {
  it('asks nothing about what every server has', () => {
    const { supports, wire } = serverOf('5.37');
    expect(told(supports, 'always')).toEqual([true]);
    expect(wire.sent).toEqual([]);
  });

  it.each([
    ['5.37', { young: false, gone: true, never: false }],
    ['11.9', { young: false, gone: false }],
    ['11.10', { young: true, gone: false }],
    ['12.0', { young: true, gone: false, never: false }],
  ])('goes by the version: %s', (version, expected) => {
    const { supports } = serverOf(version);
    for (const [name, value] of Object.entries(expected)) expect(told(supports, name)).toEqual([value]);
  });

  it('goes by the licence, and by its tier where that matters', () => {
    const free = serverOf('11.6');
    expect(told(free.supports, 'paid')).toEqual([false]);
    expect(told(free.supports, 'dear')).toEqual([false]);
    const paying = serverOf('11.6', true);
    expect(told(paying.supports, 'paid')).toEqual([true]);
    expect(told(paying.supports, 'both')).toEqual([true]);
    expect(told(paying.supports, 'dear')).toEqual([false]);
  });

  it.each([
    ['professional', { dear: false, dearest: false }],
    ['enterprise', { dear: true, dearest: false }],
    ['advanced', { dear: true, dearest: true }],
    ['entry', { dear: true, dearest: true }],
  ])('tells the tiers apart: %s', (sku, expected) => {
    const { supports } = serverOf('11.6', true, sku);
    for (const [name, value] of Object.entries(expected)) expect(told(supports, name)).toEqual([value]);
  });

  it('goes by the active plugins for what lies beside the API, and takes no route of the plugins group for one of those', () => {
    expect(told(serverOf('11.6').supports, 'ofPlugin')).toEqual([true]);
    expect(told(serverOf('11.6').supports, 'getWebappPlugins')).toEqual([true]);
  });

  it('asks the server once a minute at most', () => {
    const { supports, wire, clock } = serverOf('11.6');
    told(supports, 'young');
    told(supports, 'gone');
    expect(wire.urls).toEqual(['/system/ping']);
    clock.advance(60_000);
    told(supports, 'young');
    expect(wire.urls).toEqual(['/system/ping', '/system/ping']);
  });

  it.each([
    ['an unknown route', refusal(404, 'api.context.404.app_error')],
    ['a feature that is off', refusal(501, 'api.emoji.disabled.app_error')],
    ['a missing licence', refusal(403, 'api.custom_profile_attributes.license_error')],
  ])('remembers %s, until the operation succeeds', (_, response) => {
    const { supports, rest, wire } = serverOf('11.6');
    watch(rest.call(operation('always'), []));
    wire.last.respond(response);
    expect(told(supports, 'always')).toEqual([false]);
    watch(rest.call(operation('always'), []));
    wire.last.respond(answer({}));
    expect(told(supports, 'always')).toEqual([true]);
  });

  it('learns nothing from an id that fits no route', () => {
    const { supports, rest, wire } = serverOf('11.6');
    watch(rest.call(operation('one'), ['some.error_id']));
    wire.last.respond(refusal(404, 'api.context.404.app_error'));
    expect(told(supports, 'one')).toEqual([true]);
  });

  it('does not take a missing object for a missing operation', () => {
    const { supports, rest, wire } = serverOf('11.6');
    watch(rest.call(operation('always'), []));
    wire.last.respond(refusal(404, 'app.user.missing_account.const'));
    expect(told(supports, 'always')).toEqual([true]);
  });

  it('takes for granted what a browser may not see', () => {
    const { rest, wire, clock } = setUp();
    const seen = watch(createSupports(rest, [Things], clock)('young'));
    wire.last.respond(answer({ status: 'OK' }));
    expect(seen.values).toEqual([true]);
  });

  it('errors for a name that is no operation', () => {
    const { rest } = setUp();
    expect(watch(createSupports(rest, [Things])('nothing')).error).toBeInstanceOf(ValidationError);
  });
});
