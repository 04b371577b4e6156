import { describe, expect, it } from 'vitest';
import { ActionError, ApiError, ClosedError, NetworkError, TimeoutError } from '../../../src/models/errors.js';
import { isTransient } from '../../../src/models/transient.js';

const answered = (status: number): ApiError =>
  new ApiError({ status, id: 'x', message: '', method: 'GET', url: 'https://mm.test' });

describe('an error that passes by itself', () => {
  it.each([
    ['a network error', new NetworkError('cut'), true],
    ['a deadline', new TimeoutError('late', 1), true],
    ['400', answered(400), false],
    ['401', answered(401), false],
    ['428', answered(428), false],
    ['429', answered(429), true],
    ['430', answered(430), false],
    ['500', answered(500), false],
    ['501', answered(501), false],
    ['502', answered(502), true],
    ['503', answered(503), true],
    ['504', answered(504), true],
    ['a closed client', new ClosedError(), false],
    ['an action that was refused', new ActionError('ping', { id: 'x', message: '', status: 503 }), false],
    ['an error of somebody else', Object.assign(new Error('cut'), { code: 'network', name: 'Strange' }), false],
    ['an object that only looks like one', { code: 'network', status: 503 }, false],
    ['nothing', undefined, false],
  ])('%s: %#', (_, error, passes) => expect(isTransient(error)).toBe(passes));
});
