import { AppError, forbidden, Panic } from '../base/app-error.js';
import { json } from './context.js';
import type { Handler } from './context.js';
import { recordedAnswers } from '../generated/recorded.js';
import type { Version } from '../base/version.js';

/**
 * The handler of operations that have no handler of their own. It gives the answer that was recorded on an unlicensed server, most often
 * a refusal. Successes keep no state: the body has the recorded members with empty values.
 */
export function recordedHandler(id: string, version: Version): Handler {
  const [status, body, { type, only } = {}] = recordedAnswers[version][id] ??
    recordedAnswers['11.6'][id] ?? [501, 'embedded.operation.not_implemented'];
  return (c) => {
    if (status === 0) throw new Panic();
    if (only === 'admins') c.need('manage_system');
    if (only === 'users' && !c.session) throw forbidden();
    if (typeof body === 'string') throw new AppError(status, body);
    if (type !== undefined) return { status, body: '', type };
    return status >= 400 ? { status, body: '', type: 'application/json' } : json(body, status);
  };
}
