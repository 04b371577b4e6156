import { credentialOf } from './credential.js';
import type { CoreRequest, CoreResponse } from '../base/http.js';
import type { World } from '../world.js';

type Headers = Readonly<Record<string, readonly string[]>>;

/** The result for one request: a refusal, or headers for its answer. */
export type Metered = { readonly refusal: CoreResponse } | { readonly headers: Headers };

export type RateLimiter = (request: CoreRequest, path: string) => Metered;

interface Limit {
  readonly perSec: number;
  readonly burst: number;
}

interface Verdict {
  readonly limited: boolean;
  readonly values: readonly [limit: number, remaining: number, resetS: number];
  readonly retryS: number;
}

/** Routes of 11.6 that have a second limit of their own (protocol §6.3). */
const own: Readonly<Record<string, Limit>> = {
  '/api/v4/users/login': { perSec: 5, burst: 10 },
  '/api/v4/users/login/desktop_token': { perSec: 2, burst: 1 },
  '/api/v4/oauth/apps/register': { perSec: 2, burst: 1 },
};

/** Limits requests as `RateLimitSettings` say, by the generic cell rate algorithm (GCRA). Off by default. */
export function createRateLimiter(world: World): RateLimiter {
  const { config, clock, modern } = world;
  /** When each bucket is full again, in milliseconds since the epoch. */
  const fullAt = new Map<string, number>();

  const take = (bucket: string, { perSec, burst }: Limit): Verdict => {
    const now = clock.now();
    const stepMs = 1000 / perSec;
    const depthMs = stepMs * (burst + 1);
    const before = Math.max(fullAt.get(bucket) ?? 0, now);
    const after = before + stepMs;
    const limited = after - depthMs > now;
    if (!limited) fullAt.set(bucket, after);
    const usedMs = (limited ? before : after) - now;
    return {
      limited,
      values: [burst + 1, limited ? 0 : Math.floor((depthMs - usedMs) / stepMs + 1e-9), Math.ceil(usedMs / 1000)],
      retryS: Math.max(1, Math.ceil((after - depthMs - now) / 1000)),
    };
  };

  return (request, path) => {
    if (!config.flag('RateLimitSettings.Enable')) return { headers: {} };
    const general = {
      perSec: config.number('RateLimitSettings.PerSec'),
      burst: config.number('RateLimitSettings.MaxBurst'),
    };
    const byUser = config.flag('RateLimitSettings.VaryByUser');
    const { token, session } = byUser ? credentialOf(world, request) : { token: '', session: undefined };
    const address = config.flag('RateLimitSettings.VaryByRemoteAddr') ? request.address : '';
    const meters: [string, Limit][] = [[token || address, general]];
    if (session) meters.push([session.user_id, general]);
    const extra = modern ? own[path] : undefined;
    if (extra) meters.push([`${path} ${request.address}`, extra]);

    const passed: Verdict[] = [];
    for (const [bucket, limit] of meters) {
      const verdict = take(bucket, limit);
      // A refusal has the headers of the refusing limiter only.
      if (verdict.limited) return { refusal: tooMany(verdict) };
      passed.push(verdict);
    }
    return { headers: headersOf(passed) };
  };
}

const headersOf = (verdicts: readonly Verdict[]): Headers => {
  const texts = (at: 0 | 1 | 2): string[] => verdicts.map(({ values }) => String(values[at]));
  return { 'X-RateLimit-Limit': texts(0), 'X-RateLimit-Remaining': texts(1), 'X-RateLimit-Reset': texts(2) };
};

/** Without error object, request id and version: the limiter runs before everything else (protocol §6.3). */
const tooMany = (verdict: Verdict): CoreResponse => ({
  status: 429,
  headers: {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Retry-After': String(verdict.retryS),
    ...headersOf([verdict]),
  },
  body: 'limit exceeded\n',
});
