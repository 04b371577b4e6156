import type { Subscriber } from 'rxjs';
import { Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Flight } from '../../../src/api/http/flight.js';
import { Link } from '../../../src/api/http/link.js';
import { Scope } from '../../../src/api/http/scope.js';
import type { HttpEvent } from '../../../src/api/http/types.js';
import { answer } from './kit.js';

class Relay extends Link {
  next(event: HttpEvent): void {
    this.destination.next(event);
  }
}

/** A link, what it passes on to, and what came there. */
function relay(): { link: Relay; subscriber: Subscriber<HttpEvent>; seen: unknown[] } {
  const seen: unknown[] = [];
  let subscriber!: Subscriber<HttpEvent>;
  new Observable<HttpEvent>((given) => {
    subscriber = given;
  }).subscribe({
    next: ({ type }) => seen.push(type),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('complete'),
  });
  const link = new Relay(subscriber);
  subscriber.add(link);
  return { link, subscriber, seen };
}

describe('a scope', () => {
  it('ends what it holds, once, and at once what comes after its end', () => {
    const ended: string[] = [];
    const scope = new Scope();
    scope.add(() => ended.push('function'));
    scope.add({ unsubscribe: () => ended.push('subscription') });
    scope.add(undefined);
    scope.add(scope);
    scope.unsubscribe();
    scope.unsubscribe();
    expect(ended).toEqual(['function', 'subscription']);
    scope.add(() => ended.push('late'));
    expect(ended).toEqual(['function', 'subscription', 'late']);
  });

  it('ends the rest when one of them fails, and tells of the failure', async () => {
    const failures: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => failures.push(error));
    const ended: string[] = [];
    const scope = new Scope();
    const boom = new Error('boom');
    scope.add(() => {
      throw boom;
    });
    scope.add(() => ended.push('second'));
    scope.unsubscribe();
    expect(ended).toEqual(['second']);
    await new Promise((resolve) => setImmediate(resolve));
    for (const listener of listeners) process.on('uncaughtException', listener);
    expect(failures).toEqual([boom]);
  });
});

describe('a link', () => {
  it('is taken by an Observable as its subscriber, and gets the teardown', () => {
    const { link, seen } = relay();
    let torn = 0;
    const source = new Observable<HttpEvent>((subscriber) => {
      expect(subscriber).toBe(link);
      return () => torn++;
    });
    expect(source.subscribe(link)).toBe(link);
    link.next(answer({}));
    link.complete();
    expect({ seen, torn, closed: link.closed }).toEqual({ seen: ['response', 'complete'], torn: 1, closed: true });
  });

  it('lets go of what it holds before its end is told, and tells of one end', () => {
    const { link, seen } = relay();
    link.add(() => seen.push('let go'));
    const error = new Error('lost');
    link.error(error);
    link.error(new Error('again'));
    link.complete();
    expect(seen).toEqual(['let go', error]);
  });

  it('ends with what it passes to', () => {
    const { link, subscriber } = relay();
    subscriber.unsubscribe();
    expect(link.closed).toBe(true);
  });
});

describe('a flight', () => {
  it('tells all who are aboard, and those no more who have left', () => {
    const [a, b, c] = [relay(), relay(), relay()];
    let landed = 0;
    const flight = new Flight<HttpEvent>(() => landed++);
    for (const { link } of [a, b, c]) flight.board(link);
    b.link.unsubscribe();
    of(answer({})).subscribe(flight);
    expect(landed).toBeGreaterThan(0);
    expect([a.seen, b.seen, c.seen]).toEqual([['response', 'complete'], [], ['response', 'complete']]);
  });

  it('ends when the last one leaves', () => {
    const [a, b] = [relay(), relay()];
    const flight = new Flight<HttpEvent>(() => undefined);
    flight.board(a.link);
    flight.board(b.link);
    a.link.unsubscribe();
    expect(flight.closed).toBe(false);
    b.link.unsubscribe();
    expect(flight.closed).toBe(true);
  });
});
