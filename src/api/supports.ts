import { asyncScheduler, defer, map, mergeMap, type Observable, type ObservableInput, type SchedulerLike } from 'rxjs';
import { ValidationError } from '../models/errors.js';
import { Single } from './call.js';
import type { GroupClass } from './define-group.js';
import { isDisabledId, pluginOf, unknownRouteId } from './http/failure.js';
import type { Operation } from './operation.js';
import type { RestClient } from './rest.js';

/**
 * Tells whether this server has an operation, by what it answered to it before, else by its version, its licence and its plugins, which are
 * asked for when they matter and remembered for a minute. What no fact speaks against counts as supported. Cold; emits once and completes;
 * can be awaited; errors as a call does.
 *
 * @example
 * if (await client.supports('getRecapsForUser')) showRecaps();
 */
export type Supports<N extends string = string> = (operation: N) => Single<boolean>;

interface Server {
  readonly version: readonly number[];
  readonly licensed: boolean;
}

/** How long what a server says of itself is believed. */
const freshMs = 60_000;
/** Licences, the smaller first; what is not in here is worth the most. */
const tiers = ['any', 'starter', 'professional', 'enterprise', 'advanced'];

/**
 * See {@link Supports}. Knows the operations of the given groups, of which `SystemApi` and `PluginsApi` must be two, and learns from the calls that
 * are made from now on.
 */
export function createSupports<N extends string>(
  rest: RestClient,
  groups: readonly Pick<GroupClass<unknown>, 'operations'>[],
  scheduler: SchedulerLike = asyncScheduler,
): Supports<N> {
  const refused = new Set<string>();
  rest.outcomes$.subscribe(({ operation, path, status, errorId }) => {
    // A malformed id fits no route either, and tells nothing.
    const lacks = errorId === unknownRouteId && path.every((value) => /^[a-z0-9]+$/i.test(value));
    if (status === 501 || lacks || (errorId && isDisabledId(errorId))) {
      refused.add(operation);
    } else if (status > 0 && status < 300) refused.delete(operation);
  });
  const find = (name: string): Operation => {
    const group = groups.find(({ operations }) => name in operations);
    if (!group) throw new ValidationError('supports: operation', 'is the name of none');
    return group.operations[name]!;
  };
  const server = remembered(scheduler, () =>
    rest
      .call(find('getPing'), [])
      .response()
      .pipe(map(({ headers }) => readVersion(headers.get('x-version-id') ?? ''))),
  );
  const tier = remembered(scheduler, () =>
    rest.call<Readonly<Record<string, string>>>(find('getClientLicense'), []).pipe(
      map(({ IsLicensed: licensed, SkuShortName: sku = '' }) => {
        if (licensed !== 'true') return -1;
        const at = tiers.indexOf(sku);
        return at < 0 ? tiers.length : at;
      }),
    ),
  );
  const active = remembered(scheduler, () =>
    rest
      .call<readonly { readonly id: string }[]>(find('getWebappPlugins'), [])
      .pipe(map((list) => list.map(({ id }) => id))),
  );
  const hasLicence = (licence: string, { licensed }: Server): ObservableInput<boolean> => {
    if (!licensed || licence === 'any') return [licensed];
    return tier().pipe(map((level) => level >= tiers.indexOf(licence)));
  };
  const answer = (operation: string): ObservableInput<boolean> => {
    const facts = find(operation);
    const { since, until, licence } = facts;
    const plugin = pluginOf(facts);
    if (plugin) return active().pipe(map((ids) => ids.includes(plugin)));
    if (!since && !until && !licence) return [true];
    return server().pipe(
      mergeMap((found) => {
        // A browser may not be let to see the header.
        if (found.version.length < 2) return [true];
        if (since && compare(found.version, since) < 0) return [false];
        if (until && compare(found.version, until) > 0) return [false];
        return licence ? hasLicence(licence, found) : [true];
      }),
    );
  };
  return (operation) => {
    const known$ = defer(() => (refused.has(operation) ? [false] : answer(operation)));
    return new Single((subscriber) => known$.subscribe(subscriber));
  };
}

/** `11.6.0.build.hash.true`, whose last part says whether a licence is loaded: protocol §6.5. */
function readVersion(header: string): Server {
  const parts = header.split('.');
  return { version: parts.slice(0, 2).map(Number), licensed: parts.at(-1) === 'true' };
}

/** Below 0 if `version` is older, above if it is newer. What a patch release brought counts as of the next minor one. */
function compare([major = 0, minor = 0]: readonly number[], other: string): number {
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}

/** Asks again only when what is known has become old. */
function remembered<T>(scheduler: SchedulerLike, ask: () => Observable<T>): () => Observable<T> {
  let known: { readonly value: T; readonly atMs: number } | undefined;
  return () =>
    defer(() => {
      if (known && scheduler.now() - known.atMs < freshMs) return [known.value];
      return ask().pipe(
        map((value) => {
          known = { value, atMs: scheduler.now() };
          return value;
        }),
      );
    });
}
