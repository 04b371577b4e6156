import { describe, expect, it } from 'vitest';
import { Panic } from '../../src/server/base/app-error.js';
import { areas } from '../../src/server/areas/all.js';
import { apiRoutes, type Route } from '../../src/server/generated/routes.js';
import { loadSpec } from '../../scripts/generate/spec.js';
import { readRest, recordedVersions, type Exchange, type RecordedVersion } from '../fixtures/recordings.js';
import { createKit } from '../unit/server/kit.js';
import { shapeDifference } from './server-likeness.js';

/** Operations with a handler. */
const byState = new Set(areas.flatMap(({ handlers = {} }) => Object.keys(handlers)));

/** Recorded without a valid id in the path, so the answer was found by hand. */
const askedByHand = /ChannelBookmark|ScheduledPost$|OutgoingOAuthConnection$|AcknowledgementForPost$|inkLdapGroup$/;

const served = (version: RecordedVersion): readonly Route[] =>
  apiRoutes.filter(([, , , guard, only]) => guard !== 'local' && (!only || only === version));

const id = 'abcdefghijklmnopqrstuvwxyz';
const filled = (path: string): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => (/^(export|import)_name$/.test(name) ? 'some.zip' : id));

/** Asks a fresh server as its admin. */
function createAsk(version: RecordedVersion) {
  const kit = createKit(version);
  const admin = kit.createUser({ username: 'root', admin: true });
  /** Status 0 stands for a connection that ends without an answer, in the recordings as well. */
  const ask = (method: string, path: string) => {
    try {
      return kit.call(method, filled(path), { as: admin.token, body: {} });
    } catch (error) {
      if (error instanceof Panic) return { status: 0, id: undefined, json: undefined };
      throw error;
    }
  };
  return ask;
}

/** Recorded exchanges by their route. */
function recordedByRoute(version: RecordedVersion): ReadonlyMap<string, readonly Exchange[]> {
  const found = new Map<string, Exchange[]>();
  for (const exchange of readRest(version)) {
    const key = `${exchange.method} ${exchange.template.replace('/api/v4', '').replace(/\{\w+\}/g, '{}')}`;
    found.set(key, [...(found.get(key) ?? []), exchange]);
  }
  return found;
}

const errorId = (body: unknown): unknown => (body as { id?: unknown } | null | undefined)?.id;

describe.each(recordedVersions)('operations of the embedded %s', (version) => {
  const routes = served(version);
  const recorded = routes.filter(([name]) => !byState.has(name));
  const counts = {
    '11.6': { state: 242, recorded: 297, unknown: 80 },
    '5.37': { state: 221, recorded: 183, unknown: 217 },
  }[version];

  it('are all answered: by state, or as they were recorded', () => {
    const ask = createAsk(version);
    const unknown = recorded.filter(([, method, path]) => {
      const { id: said } = ask(method, path);
      return said === 'embedded.operation.not_implemented';
    });
    expect(unknown.map(([name]) => name)).toEqual([]);
    expect(routes.length - recorded.length).toBe(counts.state);
    expect(recorded.length).toBe(counts.recorded);
  });

  it('that have no state answer with a status, an error id and a shape that the unlicensed server gave', () => {
    const ask = createAsk(version);
    const exchanges = recordedByRoute(version);
    const otherwise = recorded.flatMap(([name, method, path]) => {
      const ours = ask(method, path);
      const theirs = exchanges.get(`${method} ${path.replace(/\{\w+\}/g, '{}')}`) ?? [];
      const alike = theirs.some(({ status, resBody }) => {
        if (status !== ours.status) return false;
        if (status >= 400) return errorId(resBody) === ours.id;
        // Lists and texts are emptied: what is left has to be there.
        const missing = shapeDifference(resBody, ours.json ?? null).match(/[+~]\S*/g) ?? [];
        return typeof resBody !== 'object' || ours.json === undefined || missing.length === 0;
      });
      return alike || askedByHand.test(name) ? [] : [`${name}: ${ours.status} ${JSON.stringify(ours.id)}`];
    });
    expect(otherwise).toEqual([]);
  });

  it('that only another version has, or none that was recorded, are unknown routes', () => {
    const ask = createAsk(version);
    const patterns = new Set(routes.map(([, method, path]) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`));
    const others = [
      ...apiRoutes.filter(([, , , , only]) => only && only !== version).map(([, method, path]) => [method, path]),
      ...loadSpec()
        .operations.filter((operation) => operation['x-routed'] === false && !operation.beside)
        .map(({ method, path }) => [method, path]),
    ] as [string, string][];
    expect(others.length).toBe(counts.unknown);
    const answered = others.filter(([method, path]) => {
      // A name in the place of an id is another route's parameter.
      const known = [...patterns].some((one) =>
        new RegExp(`^${one.replaceAll('{}', '[^/]+')}$`).test(`${method} ${path}`),
      );
      const { status, id: said } = ask(method, path);
      return !known && (status !== 404 || said !== 'api.context.404.app_error');
    });
    expect(answered).toEqual([]);
  });
});
