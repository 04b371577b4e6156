import { describe, expect, it } from 'vitest';
import { harness } from './kit.js';

describe('an event', () => {
  it('is delivered once and in order; one that was seen is dropped and counted', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => seen.push(seq));
    h.socket()
      .accept()
      .hello()
      .pong()
      .event('typing')
      .event('typing')
      .event('typing', {}, {}, 1)
      .event('typing', {}, {}, 3);
    expect(seen).toEqual([1, 2, 3]);
    expect(h.diagnostics).toEqual([{ type: 'duplicate-event', count: 1, detail: 'typing' }]);
  });

  it('that is missing makes the socket reconnect with the number that was expected', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => seen.push(seq));
    h.socket().accept().hello().pong().event('typing', {}, {}, 2);
    expect(h.socket().closedWith).toBe(4001);
    h.socket().end(4001);
    h.advance(50);
    expect(h.socket().query('sequence_number')).toBe('1');
    h.socket().accept().from(1).event('typing').event('typing').pong();
    expect(seen).toEqual([1, 2]);
    expect(h.losses).toEqual([]);
    expect(h.diagnostics).toMatchObject([{ type: 'missing-event', count: 1 }]);
  });

  it('that is missing again after the resume is given up, and is a loss', () => {
    const h = harness();
    h.ready().event('typing', {}, {}, 2).end(4001);
    h.advance(50);
    h.socket().accept().pong().event('typing', {}, {}, 2);
    h.socket().end(1000);
    h.advance(500);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'dropped' }]);
  });

  it('that nobody listens to counts for the number all the same', () => {
    const h = harness();
    h.ready().event('posted').event('typing').event('custom_x').end();
    h.advance(100);
    expect(h.socket().query('sequence_number')).toBe('4');
  });

  it('of a resume comes before the resume is proved', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => seen.push(seq));
    h.socket().accept().hello().pong().end();
    h.advance(100);
    h.socket().accept().from(1).event('typing');
    expect(seen).toEqual([1]);
    expect(h.statuses().at(-1)).toBe('authenticating');
  });

  it('that a subscriber causes from within another waits for its turn', () => {
    const h = harness();
    const order: string[] = [];
    h.events.on('typing').subscribe(({ seq }) => {
      order.push(`first ${seq}`);
      if (seq === 1) h.socket().event('typing');
    });
    h.events.on('typing').subscribe(({ seq }) => order.push(`second ${seq}`));
    h.socket().accept().hello().pong().event('typing');
    expect(order).toEqual(['first 1', 'second 1', 'first 2', 'second 2']);
  });

  it('too many of which wait are dropped, counted, and a loss', () => {
    const h = harness();
    h.events.on('typing').subscribe(({ seq }) => {
      if (seq === 1) for (let n = 0; n < 10_000; n++) h.socket().event('typing');
    });
    h.socket().accept().hello().pong().event('typing');
    expect(h.diagnostics).toContainEqual({ type: 'frames-dropped', count: 1 });
    h.socket().end(1000);
    h.advance(50);
    expect(h.socket().query('connection_id')).toBeNull();
    h.socket().accept().hello('c2');
    expect(h.losses).toMatchObject([{ reason: 'dropped' }]);
  });

  it('too many of which wait do not hide the end of the socket', () => {
    const h = harness();
    h.events.on('typing').subscribe(({ seq }) => {
      if (seq !== 1) return;
      for (let n = 0; n < 9_999; n++) h.socket().event('typing');
      h.socket().end();
    });
    h.socket().accept().hello().pong().event('typing');
    expect(h.diagnostics).toEqual([{ type: 'frames-dropped', count: 1 }]);
    expect(h.states.at(-1)).toMatchObject({ status: 'waiting', reason: 'network' });
    h.advance(50);
    expect(h.sockets).toHaveLength(2);
  });

  it('is delivered only while the socket is proving or ready', () => {
    const h = harness();
    const seen: number[] = [];
    h.events.on('typing').subscribe(({ seq }) => seen.push(seq));
    h.socket().event('typing', {}, {}, 0);
    h.socket().accept().hello().pong().event('typing', {}, {}, 5);
    h.socket().event('typing', {}, {}, 1);
    expect(seen).toEqual([]);
    expect(h.diagnostics).toEqual([{ type: 'missing-event', count: 1, detail: 'typing' }]);
  });
});

describe('a second hello on one socket', () => {
  it('has it opened again without an id', () => {
    const h = harness();
    h.ready('c1').hello('c1', 2);
    expect(h.socket().closedWith).toBe(1000);
    h.socket().end(1000);
    h.advance(50);
    expect(h.socket().query('connection_id')).toBeNull();
    expect(h.states.at(-1)?.status).toBe('connecting');
  });
});
