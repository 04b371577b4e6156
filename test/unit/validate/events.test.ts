import { describe, expect, it } from 'vitest';
import type { MattermostEvent } from '../../../src/models/events.js';
import { peek, type EventHead } from '../../../src/models/peek.js';
import { createRouter } from '../../../src/streams/events/router.js';
import { validator, type MismatchError, type ValidatorOptions } from '../../../src/validate/index.js';
import { compact } from '../models/wire.js';

const addressed = { omit_users: null, user_id: '', channel_id: 'c', team_id: '' };
const headOf = (event: string, data: object, broadcast: object = addressed): EventHead =>
  peek(compact({ event, data, broadcast, seq: 1 })) as EventHead;

function dispatched(head: EventHead, options?: ValidatorOptions) {
  const reports: MismatchError[] = [];
  const router = createRouter(validator({ report: (error) => reports.push(error), ...options }));
  const seen: MattermostEvent<string>[] = [];
  const problems: (string | undefined)[][] = [];
  router.listen({ next: (event) => seen.push(event) }, [head.event]);
  router.dispatch(head, (...problem) => problems.push(problem));
  return { seen, problems, reports };
}

describe('a strict validator', () => {
  it('lets a matching event through', () => {
    const { seen, problems } = dispatched(headOf('typing', { user_id: 'u', parent_id: '' }));
    expect(seen.map(({ data }) => data)).toEqual([{ user_id: 'u', parent_id: '' }]);
    expect(problems).toEqual([]);
  });

  it('drops an event that does not match, and reports it to the diagnostics and the callback', () => {
    const { seen, problems, reports } = dispatched(
      headOf('typing', { user_id: 7, more: 'hunter2' }, { ...addressed, team_id: null }),
    );
    const message =
      'typing: $.data.user_id: expected string, got number; $.data.parent_id: expected string, got nothing; ' +
      '$.data.more: expected nothing, got string; and 1 more';
    expect(seen).toEqual([]);
    expect(problems).toEqual([['unexpected-data', message]]);
    expect(reports.map((error) => error.message)).toEqual([message]);
    expect(reports[0]?.mismatches.at(-1)).toEqual({ path: '$.broadcast.team_id', expected: 'string', got: 'null' });
  });

  it('checks JSON in a string after it is decoded', () => {
    const preference = { user_id: 'u', category: 'c', name: 'n', value: 'v' };
    const fits = dispatched(headOf('preference_changed', { preference: JSON.stringify(preference) }));
    expect(fits.seen).toHaveLength(1);
    const wrong = dispatched(headOf('preference_changed', { preference: JSON.stringify({ ...preference, value: 1 }) }));
    expect(wrong.reports[0]?.mismatches).toEqual([
      { path: '$.data.preference.value', expected: 'string', got: 'number' },
    ]);
    const broken = dispatched(headOf('preference_changed', { preference: '{' }));
    expect(broken.problems.map(([type]) => type)).toEqual(['undecoded-data', 'unexpected-data']);
    expect(broken.seen).toEqual([]);
  });

  it.each(['custom_com.example.plugin_thing', 'an_event_of_tomorrow', 'constructor'])(
    'lets %s through, which it does not know',
    (event) => {
      expect(dispatched(headOf(event, { anything: 1 })).seen).toHaveLength(1);
    },
  );

  it('checks the events of plugins by given schemas', () => {
    const schemas = {
      custom_thing: {
        '~standard': {
          version: 1,
          vendor: 'own',
          validate: (value: unknown) => ({ issues: [{ message: 'a thing', path: [{ key: 'thing' }, 0] }], value }),
        },
      },
    } as const;
    const { seen, reports } = dispatched(headOf('custom_thing', { thing: [1] }), { schemas });
    expect(seen).toEqual([]);
    expect(reports[0]?.message).toBe('custom_thing: $.data.thing[0]: expected a thing, got number');
  });
});

describe('a lenient validator', () => {
  it('delivers an event that does not match unchanged, and reports it to the diagnostics and the callback', () => {
    const { seen, problems, reports } = dispatched(headOf('typing', { user_id: 7 }), { mode: 'lenient' });
    expect(seen.map(({ data }) => data)).toEqual([{ user_id: 7 }]);
    expect(problems.map(([type]) => type)).toEqual(['unexpected-data']);
    expect(reports).toHaveLength(1);
  });
});
