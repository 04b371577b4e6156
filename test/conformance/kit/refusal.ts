import { ApiError, type MattermostError } from '../../../src/index.js';

type ErrorClass<E extends MattermostError> = abstract new (...args: never[]) => E;

/** Awaits a call that must fail with an error of the given class, and gives that error. */
export async function refusal<E extends MattermostError>(
  what: string,
  call: PromiseLike<unknown>,
  kind: ErrorClass<E>,
): Promise<E> {
  const outcome = await Promise.resolve(call).then(
    () => ({ ok: true as const }),
    (error: unknown) => ({ ok: false as const, error }),
  );
  if (outcome.ok) throw new Error(`${what}: expected ${kind.name}, but it succeeded`);
  if (outcome.error instanceof kind) return outcome.error;
  throw new Error(`${what}: expected ${kind.name}, got ${String(outcome.error)}`, { cause: outcome.error });
}

/** Awaits a call that must be refused by the server with one of the given statuses. */
export async function refusedWith(
  what: string,
  call: PromiseLike<unknown>,
  ...statuses: readonly number[]
): Promise<ApiError> {
  const error = await refusal(what, call, ApiError);
  if (!statuses.includes(error.status)) {
    throw new Error(`${what}: expected status ${statuses.join(' or ')}, got ${String(error)}`, { cause: error });
  }
  return error;
}
