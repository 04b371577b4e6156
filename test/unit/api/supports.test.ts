import { describe, expect, it } from 'vitest';
import { defineGroup } from '../../../src/api/define-group.js';
import type { Operation } from '../../../src/api/operation.js';
import { createSupports, type Supports } from '../../../src/api/supports.js';
import { ValidationError } from '../../../src/models/errors.js';
import { answer, answering, refusal, setUp, watch, type Bench } from './kit.js';

const Things = defineGroup<Record<string, unknown>>({
  always: ['GET /always'],
  young: ['GET /young', { since: '11.10' }],
  gone: ['GET /gone', { until: '5.37' }],
  never: ['GET /never', { until: '0' }],
  paid: ['GET /paid', { licence: 'any' }],
  started: ['GET /started', { licence: 'starter' }],
  modest: ['GET /modest', { licence: 'professional' }],
  dear: ['GET /dear', { licence: 'enterprise' }],
  dearest: ['GET /dearest', { licence: 'advanced' }],
  both: ['GET /both', { since: '10.2', licence: 'professional' }],
  getPing: ['GET /system/ping', { anonymous: true }],
  getClientLicense: ['GET /license/client', { fixed: { format: 'old' }, anonymous: true }],
  getWebappPlugins: ['GET /plugins/webapp', { answer: 'list' }],
  ofPlugin: ['GET /plugins/playbooks/api/v0/runs', { root: true }],
  one: ['GET /things/{thing_id}'],
});

const operation = (id: string): Operation => Things.operations[id]!;

/** A server of a version, with a licence or without. */
function serverOf(
  version: string,
  licensed = false,
  sku?: string,
  stillLicensed = licensed,
): Bench & { readonly supports: Supports } {
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
        else if (id === 'getClientLicense') respond(answer({ IsLicensed: String(stillLicensed), SkuShortName: sku }));
        else respond(answer([{ id: 'playbooks' }]));
      }
      return Object.assign(result, { seen });
    },
  };
}

const answerOf = (supports: Supports, name: string): unknown =>
  (supports(name) as unknown as { seen: { values: unknown[] } }).seen.values;

describe('supports', () => {
  it('makes no request for an operation that every known version has', () => {
    const { supports, wire } = serverOf('5.37');
    expect(answerOf(supports, 'always')).toEqual([true]);
    expect(wire.sent).toEqual([]);
  });

  it.each([
    ['5.37', { young: false, gone: true, never: false }],
    ['11.9', { young: false, gone: false }],
    ['11.10', { young: true, gone: false }],
    ['12.0', { young: true, gone: false, never: false }],
  ])('goes by the version: %s', (version, expected) => {
    const { supports } = serverOf(version);
    for (const [name, value] of Object.entries(expected)) expect(answerOf(supports, name)).toEqual([value]);
  });

  it('goes by the licence, and by its tier where that matters', () => {
    const free = serverOf('11.6');
    expect(answerOf(free.supports, 'paid')).toEqual([false]);
    expect(answerOf(free.supports, 'dear')).toEqual([false]);
    const paying = serverOf('11.6', true, 'professional');
    expect(answerOf(paying.supports, 'paid')).toEqual([true]);
    expect(answerOf(paying.supports, 'both')).toEqual([true]);
    expect(answerOf(paying.supports, 'dear')).toEqual([false]);
    expect(paying.wire.urls).toEqual(['/system/ping', '/license/client?format=old']);
  });

  it('takes a licence that is gone by now for none', () => {
    const { supports } = serverOf('11.6', true, 'enterprise', false);
    expect(answerOf(supports, 'started')).toEqual([false]);
  });

  it.each([
    ['starter', { paid: true, started: true, modest: false, dear: false }],
    ['professional', { started: true, modest: true, dear: false, dearest: false }],
    ['enterprise', { started: true, modest: true, dear: true, dearest: false }],
    ['advanced', { dear: true, dearest: true }],
    ['entry', { dear: true, dearest: true }],
    [undefined, { dear: true, dearest: true }],
  ])('tells the tiers apart: %s', (sku, expected) => {
    const { supports } = serverOf('11.6', true, sku);
    for (const [name, value] of Object.entries(expected)) expect(answerOf(supports, name)).toEqual([value]);
  });

  it('goes by the active plugins for an operation of a plugin, but not for one of the plugins group', () => {
    expect(answerOf(serverOf('11.6').supports, 'ofPlugin')).toEqual([true]);
    expect(answerOf(serverOf('11.6').supports, 'getWebappPlugins')).toEqual([true]);
  });

  it('says no for an operation of a plugin that is not active', () => {
    const { rest, wire, clock } = setUp();
    const seen = watch(createSupports(rest, [Things], clock)('ofPlugin'));
    wire.last.respond(answer([{ id: 'github' }]));
    expect(seen.values).toEqual([false]);
    expect(wire.urls).toEqual(['/plugins/webapp']);
  });

  it('finds an operation in any of its groups', () => {
    const { rest } = setUp();
    const Others = defineGroup<Record<string, unknown>>({ other: ['GET /other'] });
    expect(watch(createSupports(rest, [Others, Things])('always')).values).toEqual([true]);
  });

  it('goes by the clock of the platform, unless another is given', async () => {
    const { rest } = setUp({ transport: answering(() => answer({}, 200, { 'x-version-id': '11.6.0.0.b.h.false' })) });
    const supports = createSupports(rest, [Things]);
    expect([await supports('young'), await supports('gone')]).toEqual([false, false]);
  });

  it('requests the version once a minute at most', () => {
    const { supports, wire, clock } = serverOf('11.6');
    answerOf(supports, 'young');
    clock.advance(59_999);
    answerOf(supports, 'gone');
    expect(wire.urls).toEqual(['/system/ping']);
    clock.advance(1);
    answerOf(supports, 'young');
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
    expect(answerOf(supports, 'always')).toEqual([false]);
    watch(rest.call(operation('always'), []));
    wire.last.respond(answer({}));
    expect(answerOf(supports, 'always')).toEqual([true]);
  });

  it('keeps to a refusal through calls that say nothing about it', () => {
    const { supports, rest, wire } = serverOf('11.6');
    const call = (response: ReturnType<typeof answer> | Error): void => {
      watch(rest.call(operation('always'), []).with({ retry: false }));
      if (response instanceof Error) wire.last.fail(response);
      else wire.last.respond(response);
    };
    call(refusal(501, 'some.id'));
    call(new Error('lost'));
    call(refusal(400, 'api.context.invalid_param.app_error'));
    expect(answerOf(supports, 'always')).toEqual([false]);
    call(answer({}, 299));
    expect(answerOf(supports, 'always')).toEqual([true]);
  });

  it('learns from an unknown route whose path has ids', () => {
    const { supports, rest, wire } = serverOf('11.6');
    watch(rest.call(operation('one'), ['4XP9fdt77pncbef59f4k1qe83o']));
    wire.last.respond(refusal(404, 'api.context.404.app_error'));
    expect(answerOf(supports, 'one')).toEqual([false]);
  });

  it('learns nothing from a path parameter that is not an id', () => {
    const { supports, rest, wire } = serverOf('11.6');
    watch(rest.call(operation('one'), ['some.error_id']));
    wire.last.respond(refusal(404, 'api.context.404.app_error'));
    expect(answerOf(supports, 'one')).toEqual([true]);
  });

  it('does not take a missing object for a missing operation', () => {
    const { supports, rest, wire } = serverOf('11.6');
    watch(rest.call(operation('always'), []));
    wire.last.respond(refusal(404, 'app.user.missing_account.const'));
    expect(answerOf(supports, 'always')).toEqual([true]);
  });

  it('emits true if the version header cannot be read', () => {
    const { rest, wire, clock } = setUp();
    const seen = watch(createSupports(rest, [Things], clock)('young'));
    wire.last.respond(answer({ status: 'OK' }));
    expect(seen.values).toEqual([true]);
  });

  it.each(['nothing', 'toString'])('errors for a name that is no operation: %s', (name) => {
    const { rest } = setUp();
    const { error } = watch(createSupports(rest, [Things])(name));
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).message).toBe('operation: must be the name of an operation');
  });
});
