import { asyncScheduler, defer, map, mergeMap, type Observable, type ObservableInput, type SchedulerLike } from 'rxjs';
import { compareVersions } from '../models/compare-versions.js';
import { ValidationError } from '../models/errors.js';
import { Single } from './call.js';
import type { GroupClass } from './define-group.js';
import { isDisabledId, pluginOf, unknownRouteId } from './http/failure.js';
import type { Operation } from './operation.js';
import type { RestClient } from './rest.js';

/**
 * Emits whether this server has an operation: by the server's last answer to it, else by the server's version, licence and active plugins.
 * These are requested when they are needed, and kept for a minute. Without a reason against it, an operation counts as supported.
 * Cold; emits once and completes; can be awaited; errors as a call does, and with `ValidationError` for a name that is no operation.
 *
 * @example
 * if (await client.supports('getRecapsForUser')) showRecaps();
 */
export type Supports<N extends string = string> = (operation: N) => Single<boolean>;

type KnownGroups = readonly Pick<GroupClass<unknown>, 'operations'>[];

interface ServerVersion {
  readonly version: string;
  readonly licensed: boolean;
}

/** The facts that a server is asked for. */
interface ServerFacts {
  /** Emits undefined if the version cannot be read: browsers hide the header from a page of another origin, unless the server exposes it. */
  version(): Observable<ServerVersion | undefined>;
  /** Position of its licence in {@link tiers}; -1 without a licence. */
  tier(): Observable<number>;
  plugins(): Observable<readonly string[]>;
}

/** How long the facts of a server are kept. */
const freshMs = 60_000;
/** Licences, the smallest first. One that is not listed counts as more than all of them. */
const tiers = ['any', 'starter', 'professional', 'enterprise', 'advanced'];

/**
 * See {@link Supports}. `groups` are the groups whose operations it knows; `SystemApi` and `PluginsApi` must be among them. Of the answers to
 * operations it knows those of later calls only.
 */
export function createSupports<N extends string>(
  rest: RestClient,
  groups: KnownGroups,
  scheduler: SchedulerLike = asyncScheduler,
): Supports<N> {
  const refused = refusedOperations(rest);
  const server = createServerFacts(rest, groups, scheduler);
  return (operation) => {
    const supported$ = defer(() =>
      refused.has(operation) ? [false] : isSupported(findOperation(groups, operation), server),
    );
    return new Single((subscriber) => supported$.subscribe(subscriber));
  };
}

/** Names of the operations that the server refused last as not available. Kept up to date as long as `rest` is open. */
function refusedOperations(rest: RestClient): ReadonlySet<string> {
  const refused = new Set<string>();
  rest.outcomes$.subscribe(({ operation, path, status, errorId }) => {
    // A malformed id in the path gives the same error as a route that is not there.
    const hasNoRoute = errorId === unknownRouteId && path.every((value) => /^[a-z0-9]+$/i.test(value));
    if (status === 501 || hasNoRoute || (errorId && isDisabledId(errorId))) refused.add(operation);
    else if (status > 0 && status < 300) refused.delete(operation);
  });
  return refused;
}

function isSupported(operation: Operation, server: ServerFacts): ObservableInput<boolean> {
  const { since, until, licence } = operation;
  const plugin = pluginOf(operation);
  if (plugin) return server.plugins().pipe(map((ids) => ids.includes(plugin)));
  if (!since && !until && !licence) return [true];
  return server.version().pipe(
    mergeMap((found): ObservableInput<boolean> => {
      if (!found) return [true];
      const { version, licensed } = found;
      if (since && compareVersions(version, since) < 0) return [false];
      if (until && compareVersions(version, until) > 0) return [false];
      if (!licence) return [true];
      if (!licensed || licence === 'any') return [licensed];
      return server.tier().pipe(map((tier) => tier >= tiers.indexOf(licence)));
    }),
  );
}

function findOperation(groups: KnownGroups, name: string): Operation {
  for (const { operations } of groups) if (Object.hasOwn(operations, name)) return operations[name]!;
  throw new ValidationError('operation', 'must be the name of an operation');
}

function createServerFacts(rest: RestClient, groups: KnownGroups, scheduler: SchedulerLike): ServerFacts {
  const call = <T>(name: string) => rest.call<T>(findOperation(groups, name), []);
  return {
    version: remembered(scheduler, () =>
      call('getPing')
        .response()
        .pipe(map(({ headers }) => readVersion(headers.get('x-version-id') ?? ''))),
    ),
    tier: remembered(scheduler, () =>
      call<Readonly<Record<string, string>>>('getClientLicense').pipe(
        map(({ IsLicensed: licensed, SkuShortName: sku = '' }) => {
          if (licensed !== 'true') return -1;
          const tier = tiers.indexOf(sku);
          return tier < 0 ? tiers.length : tier;
        }),
      ),
    ),
    plugins: remembered(scheduler, () =>
      call<readonly { readonly id: string }[]>('getWebappPlugins').pipe(map((list) => list.map(({ id }) => id))),
    ),
  };
}

/** Reads `11.6.0.build.hash.true`, whose last part says whether a licence is loaded: protocol §6.5. */
function readVersion(header: string): ServerVersion | undefined {
  const fields = header.split('.');
  return fields.length < 2 ? undefined : { version: header, licensed: fields.at(-1) === 'true' };
}

/** Requests a value only if the last one is older than {@link freshMs}. */
function remembered<T>(scheduler: SchedulerLike, request: () => Observable<T>): () => Observable<T> {
  let known: { readonly value: T; readonly atMs: number } | undefined;
  return () =>
    defer(() => {
      if (known && scheduler.now() - known.atMs < freshMs) return [known.value];
      return request().pipe(
        map((value) => {
          known = { value, atMs: scheduler.now() };
          return value;
        }),
      );
    });
}
