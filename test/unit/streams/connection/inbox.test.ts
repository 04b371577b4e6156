import { describe, expect, it } from 'vitest';
import { createInbox, maxWaitingTasks } from '../../../../src/streams/connection/inbox.js';

describe('the inbox', () => {
  it('reads texts and does tasks in their order, also those that come from within one', () => {
    const log: string[] = [];
    const inbox = createInbox(
      (text) => {
        log.push(`read ${text}`);
        if (text === 'a') inbox.enter(() => log.push('task'));
        if (text === 'a') inbox.enter('b');
        log.push(`done ${text}`);
      },
      () => log.push('overrun'),
    );
    inbox.enter('a');
    inbox.enter('');
    expect(log).toEqual(['read a', 'done a', 'task', 'read b', 'done b', 'read ', 'done ']);
  });

  it('goes on after a task that throws', () => {
    const log: string[] = [];
    const inbox = createInbox(
      (text) => log.push(text),
      () => undefined,
    );
    expect(() =>
      inbox.enter(() => {
        throw new Error('boom');
      }),
    ).toThrow('boom');
    inbox.enter('next');
    expect(log).toEqual(['next']);
  });

  it('does nothing more once it is closed, be it from within a task', () => {
    const log: string[] = [];
    const inbox = createInbox(
      (text) => log.push(text),
      () => undefined,
    );
    inbox.enter(() => {
      inbox.enter('waits');
      inbox.close();
      inbox.enter('comes later');
    });
    inbox.enter('comes much later');
    expect(log).toEqual([]);
  });

  it('with too many waiting drops the texts and keeps the tasks, such as the end of the socket', () => {
    const log: string[] = [];
    const inbox = createInbox(
      (text) => log.push(text),
      () => log.push('overrun'),
    );
    inbox.enter(() => {
      inbox.enter(() => log.push('early task'));
      for (let n = 1; n < maxWaitingTasks - 1; n++) inbox.enter('text');
      inbox.enter(() => log.push('end of the socket'));
      inbox.enter('after');
    });
    expect(log).toEqual(['early task', 'end of the socket', 'overrun', 'after']);
  });

  it('holds as many as it may', () => {
    const log: string[] = [];
    const inbox = createInbox(
      (text) => log.push(text),
      () => log.push('overrun'),
    );
    inbox.enter(() => {
      for (let n = 1; n < maxWaitingTasks; n++) inbox.enter('text');
    });
    expect(log).toHaveLength(maxWaitingTasks - 1);
    expect(log).not.toContain('overrun');
  });
});
