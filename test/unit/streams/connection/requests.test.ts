import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ActionError, ClosedError, TimeoutError, ValidationError } from '../../../../src/models/errors.js';
import type { ReplyFrame } from '../../../../src/models/frames.js';
import { createRequests } from '../../../../src/streams/connection/requests.js';

const ok = (seq?: number, data?: object): ReplyFrame =>
  ({ status: 'OK', ...(seq && { seq_reply: seq }), ...(data && { data }) }) as ReplyFrame;

function line(ready = true) {
  const scheduler = new VirtualTimeScheduler();
  const sent: { seq: number; action: string }[] = [];
  const state = { ready, held: 0 };
  const requests = createRequests(
    {
      hold() {
        state.held++;
        return () => state.held--;
      },
      send(text) {
        if (state.ready) sent.push(JSON.parse(text) as { seq: number; action: string });
        return state.ready;
      },
      redact: (text) => String(text).replace('secret', '***'),
    },
    100,
    scheduler,
  );
  const log: unknown[] = [];
  const ask = (action: string, data?: object) =>
    requests.request(action, data as never).subscribe({
      next: (value) => log.push(value),
      error: (error: unknown) => log.push(error),
      complete: () => log.push('done'),
    });
  return { scheduler, sent, state, requests, log, ask };
}

describe('requests', () => {
  it('hold the socket and a timer until they are answered', () => {
    const { ask, requests, state, scheduler, log } = line();
    ask('ping');
    expect([state.held, scheduler.actions.length]).toEqual([1, 1]);
    expect(requests.reply(ok(1, { text: 'pong' }))).toBe(true);
    expect([state.held, scheduler.actions.length]).toEqual([0, 0]);
    expect(log).toEqual([{ text: 'pong' }, 'done']);
    expect(requests.reply(ok(1))).toBe(false);
  });

  it('get the reply of their own number, whatever the order', () => {
    const { ask, requests, log, sent } = line();
    ask('a');
    ask('b');
    expect(sent.map(({ seq }) => seq)).toEqual([1, 2]);
    requests.reply(ok(2, { of: 'b' }));
    requests.reply(ok(1, { of: 'a' }));
    expect(log).toEqual([{ of: 'b' }, 'done', { of: 'a' }, 'done']);
    expect(requests.reply(ok())).toBe(false);
  });

  it('are sent once, when the socket is ready', () => {
    const { ask, requests, state, sent } = line(false);
    ask('a');
    requests.flush();
    expect(sent).toEqual([]);
    state.ready = true;
    requests.flush();
    requests.flush();
    expect(sent).toHaveLength(1);
  });

  it('fail with the words of the server, secrets taken out', () => {
    const { ask, requests, log } = line();
    ask('a');
    requests.reply({
      status: 'FAIL',
      seq_reply: 1,
      error: { id: 'x.y', message: 'secret', status_code: 400 },
    });
    expect(log).toEqual([expect.any(ActionError)]);
    expect(log[0]).toMatchObject({ action: 'a', id: 'x.y', status: 400, message: 'a: 400 x.y: ***' });
  });

  it('fail after their time, and let go of everything', () => {
    const { ask, scheduler, state, log, requests } = line();
    ask('a');
    scheduler.flush();
    expect(log).toEqual([expect.any(TimeoutError)]);
    expect(log[0]).toMatchObject({ message: 'a: no reply within 100 ms', timeoutMs: 100 });
    expect(state.held).toBe(0);
    expect(requests.reply(ok(1))).toBe(false);
  });

  it('that were sent fail with the socket; those that wait go on, unless all are to fail', () => {
    const { ask, requests, state, log, sent } = line();
    ask('sent');
    state.ready = false;
    ask('waits');
    requests.fail(new ClosedError('socket'), false);
    expect(log).toEqual([new ClosedError('socket')]);
    expect(sent).toHaveLength(1);
    requests.fail(new ClosedError(), true);
    expect(log).toHaveLength(2);
    expect(state.held).toBe(0);
  });

  it('of the gateway are never sent by a flush, and end with the socket', () => {
    const { requests, sent } = line();
    const replies: unknown[] = [];
    const text = requests.prepare('ping', undefined, (reply) => replies.push(reply));
    expect(JSON.parse(text)).toEqual({ seq: 1, action: 'ping' });
    requests.flush();
    expect(sent).toEqual([]);
    requests.reply(ok(1));
    expect(replies).toEqual([ok(1)]);
    requests.prepare('ping', undefined, (reply) => replies.push(reply));
    requests.fail(new ClosedError(), false);
    expect(requests.reply(ok(2))).toBe(false);
  });

  it('of plugins complete when they are sent, and no reply is awaited', () => {
    const { ask, requests, log, state, scheduler } = line(false);
    ask('custom_x');
    expect(log).toEqual([]);
    state.ready = true;
    requests.flush();
    expect(log).toEqual(['done']);
    expect([state.held, scheduler.actions.length, requests.reply(ok(1))]).toEqual([0, 0, false]);
  });

  it('that are given up are not sent later, and let go of the socket', () => {
    const { ask, requests, log, sent, state } = line(false);
    ask('a').unsubscribe();
    state.ready = true;
    requests.flush();
    expect([log, sent, state.held]).toEqual([[], [], 0]);
  });

  it('that are given up by the subscriber of one that is sent before them are not sent', () => {
    const { ask, requests, sent, state } = line(false);
    requests.request('custom_x').subscribe({ complete: () => waiting.unsubscribe() });
    const waiting = ask('a');
    ask('b');
    state.ready = true;
    requests.flush();
    expect(sent.map(({ action }) => action)).toEqual(['custom_x', 'b']);
  });

  it.each<[string, unknown, string]>([
    ['', undefined, 'request: action: must not be empty'],
    ['ping', null, 'request: ping: data: must be an object'],
    ['ping', [], 'request: ping: data: must be an object'],
    ['ping', 'x', 'request: ping: data: must be an object'],
    ['posted_notify_ack', { status: 1 }, 'request: posted_notify_ack: data: must have a string as status'],
    ['posted_notify_ack', { reason: 1 }, 'request: posted_notify_ack: data: must have a string as reason'],
    ['ping', { x: 'x'.repeat(9_000) }, 'request: ping: data: must not be longer than 8192 bytes'],
  ])('%s with %j say what must be', (action, data, message) => {
    const { ask, log, state, scheduler } = line();
    ask(action, data as object);
    expect(log).toEqual([expect.any(ValidationError)]);
    expect(log[0]).toMatchObject({ message });
    expect([state.held, scheduler.actions.length]).toEqual([0, 0]);
  });

  it('that the server can read are sent', () => {
    const { ask, sent } = line();
    ask('posted_notify_ack', { status: 'error', reason: 'x' });
    ask('posted_notify_ack', { post_id: 5 });
    ask('ping', { status: 1 });
    ask('posted_notify_ack');
    expect(sent).toHaveLength(4);
  });

  it('are refused on top of a thousand, until one has gone', () => {
    const { ask, log, requests } = line();
    for (let n = 0; n < 1_000; n++) ask('a');
    expect(log).toEqual([]);
    ask('a');
    expect(log).toEqual([new ValidationError('request: a', 'must wait: 1000 requests are waiting already')]);
    requests.reply(ok(1));
    log.length = 0;
    ask('a');
    expect(log).toEqual([]);
  });
});
