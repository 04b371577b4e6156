import { Subject, Subscription, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createDiagnostics } from '../../../../src/streams/connection/diagnostics.js';
import { createInbox } from '../../../../src/streams/connection/inbox.js';
import { createSequence } from '../../../../src/streams/connection/sequence.js';
import { createShownState } from '../../../../src/streams/connection/shown-state.js';
import { createStep } from '../../../../src/streams/connection/step.js';

describe('the sequence', () => {
  it('counts the expected event, and no other', () => {
    const sequence = createSequence();
    expect([1, 0, 0, 2, 1].map((seq) => sequence.advance(seq))).toEqual([false, true, false, false, true]);
    expect(sequence.expected).toBe(2);
    sequence.expect(7);
    expect(sequence.expected).toBe(7);
    expect(sequence.advance(7)).toBe(true);
    expect(sequence.expected).toBe(8);
  });
});

describe('the shown state', () => {
  const facts = { connectionId: '', resumed: false, latencyMs: undefined, lastFrameAtMs: undefined };
  const statusesOf = (shown: ReturnType<typeof createShownState>, react?: (status: string) => void): string[] => {
    const seen: string[] = [];
    shown.state$.subscribe({
      next({ status }) {
        seen.push(status);
        react?.(status);
      },
      complete: () => seen.push('done'),
    });
    return seen;
  };

  it('is the present one at once, then each change, with the facts of its time', () => {
    let connectionId = 'a';
    const shown = createShownState(() => ({ ...facts, connectionId }));
    const seen: unknown[] = [];
    shown.state$.subscribe((state) => seen.push([state.status, state.connectionId]));
    connectionId = 'b';
    shown.show({ status: 'ready' });
    expect(seen).toEqual([
      ['idle', 'a'],
      ['ready', 'b'],
    ]);
    expect(shown.status).toBe('ready');
  });

  it('is neither missed nor doubled when the subscriber itself causes a change', () => {
    const shown = createShownState(() => facts);
    const earlier = statusesOf(shown);
    const seen = statusesOf(shown, (status) => {
      if (status === 'idle') shown.show({ status: 'connecting' });
    });
    expect(seen).toEqual(['idle', 'connecting']);
    expect(earlier).toEqual(['idle', 'connecting']);
  });

  it('reaches all subscribers in the same order, also when one of them causes a change', () => {
    const shown = createShownState(() => facts);
    const reacting = statusesOf(shown, (status) => {
      if (status === 'connecting') shown.show({ status: 'authenticating' });
      if (status === 'authenticating') shown.show({ status: 'ready' });
    });
    const later = statusesOf(shown);
    shown.show({ status: 'connecting' });
    const all = ['idle', 'connecting', 'authenticating', 'ready'];
    expect([reacting, later]).toEqual([all, all]);
  });

  it('is the latest for those who come while others are still getting the one before', () => {
    const shown = createShownState(() => facts);
    let late: string[] = [];
    const first = statusesOf(shown, (status) => {
      if (status !== 'connecting') return;
      shown.show({ status: 'ready' });
      expect(shown.status).toBe('ready');
      late = statusesOf(shown);
    });
    shown.show({ status: 'connecting' });
    shown.show({ status: 'idle' });
    expect(first).toEqual(['idle', 'connecting', 'ready', 'idle']);
    expect(late).toEqual(['ready', 'idle']);
  });

  it('ends after its last change, also when a subscriber ends it', () => {
    const shown = createShownState(() => facts);
    statusesOf(shown, (status) => {
      if (status !== 'ready') return;
      shown.show({ status: 'closed' });
      shown.complete();
    });
    const later = statusesOf(shown);
    shown.show({ status: 'ready' });
    expect(later).toEqual(['idle', 'ready', 'closed', 'done']);
  });

  it('has the last one for those who come after its end', () => {
    const shown = createShownState(() => facts);
    const seen = statusesOf(shown);
    shown.show({ status: 'closed' });
    shown.complete();
    shown.show({ status: 'ready' });
    expect(seen).toEqual(['idle', 'closed', 'done']);
    expect(statusesOf(shown)).toEqual(['closed', 'done']);
    expect(shown.status).toBe('closed');
  });
});

describe('diagnostics', () => {
  it('are counted by type, and have a detail only if there is one', () => {
    const { diagnostics$, report, complete } = createDiagnostics();
    const seen: unknown[] = [];
    diagnostics$.subscribe({ next: (diagnostic) => seen.push(diagnostic), complete: () => seen.push('done') });
    report('garbage-frame');
    report('connect-failed', 'no route');
    report('garbage-frame', '');
    complete();
    report('garbage-frame');
    expect(seen).toEqual([
      { type: 'garbage-frame', count: 1 },
      { type: 'connect-failed', count: 1, detail: 'no route' },
      { type: 'garbage-frame', count: 2 },
      'done',
    ]);
  });
});

describe('a step', () => {
  const broken = new Error('broken');
  const stepping = () => {
    const log: unknown[] = [];
    const inbox = createInbox(
      (text) => log.push(`read ${text}`),
      () => undefined,
    );
    const step = createStep(inbox);
    return { log, inbox, step, push: (value: unknown) => log.push(value) };
  };

  it('hands on what its source emits, texts to be read', () => {
    const { step, log, push } = stepping();
    const source = new Subject<number | string>();
    step.start<number>(source, push, push);
    source.next(1);
    source.next('text');
    source.error(broken);
    expect(log).toEqual([1, 'read text', broken]);
  });

  it('ends the one before, whose results are ignored, also those that wait', () => {
    const { step, log, inbox, push } = stepping();
    const first = new Subject<number>();
    const failing = new Subject<number>();
    step.start(first, push);
    inbox.enter(() => {
      first.next(1);
      step.start(failing, push, push);
      expect(first.observed).toBe(false);
      failing.error(broken);
      step.stop();
    });
    expect(log).toEqual([]);
  });

  it('may end by its own first result', () => {
    const { step, log } = stepping();
    const source = new Subject<number>();
    step.start(source, (value) => {
      log.push(value);
      step.stop();
    });
    source.next(1);
    source.next(2);
    expect(log).toEqual([1]);
    expect(source.observed).toBe(false);
  });

  it('ends together with what was added to it, be it added later', () => {
    const { step, push } = stepping();
    const source = new Subject<number>();
    const companion = new Subscription();
    const late = new Subscription();
    step.start(source, push);
    step.add(companion);
    expect(companion.closed).toBe(false);
    step.stop();
    step.add(late);
    expect([companion.closed, late.closed]).toEqual([true, true]);
  });

  it('starts nothing more once it is closed', () => {
    const { step, push, log } = stepping();
    const source = new Subject<number>();
    step.start(source, push);
    step.close();
    expect(source.observed).toBe(false);
    step.start(source, push);
    expect(source.observed).toBe(false);
    step.start(
      throwError(() => broken),
      push,
      push,
    );
    expect(log).toEqual([]);
  });
});
