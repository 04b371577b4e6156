import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Broadcast, EventFrame } from '../../../src/models/frames.js';
import { addresseeOf, frameOf, peek, type EventHead } from '../../../src/models/peek.js';
import { compact, recordedFrames, spaced } from './wire.js';

const shapes = { compact, spaced };

function expectHead(text: string, frame: EventFrame): EventHead {
  const head = peek(text);
  expect(head).toMatchObject({ kind: 'event', event: frame.event, seq: frame.seq });
  for (const key of ['channel_id', 'team_id'] as const) {
    expect(addresseeOf(head as EventHead, key)).toBe((frame.broadcast as Partial<Broadcast>)[key] ?? '');
  }
  expect(frameOf(head as EventHead)).toEqual(frame);
  return head as EventHead;
}

describe.each(['11.6', '5.37'] as const)('a recorded frame of %s', (version) => {
  const { events, replies } = recordedFrames[version];

  it.each(Object.keys(shapes) as (keyof typeof shapes)[])(
    'is recognised by head and tail in the %s layout',
    (shape) => {
      expect(events.length).toBeGreaterThan(1_000);
      // Only a text that stays unread is kept as its source.
      for (const frame of events) expect(expectHead(shapes[shape](frame), frame).source).toBeTypeOf('string');
    },
  );

  it('that is a reply is parsed as a whole', () => {
    expect(replies.length).toBeGreaterThan(50);
    for (const reply of replies) expect(peek(compact(reply))).toEqual({ kind: 'reply', reply });
  });
});

describe('text that looks like the protocol', () => {
  const planted = fc.oneof(
    fc.constantFrom(
      '"broadcast":',
      ',"seq":7}',
      ', "seq": 7}\n',
      '{"event":"fake","data":{},"broadcast":{},"seq":1}',
      '"broadcast": {"channel_id": "fake"}, "seq": 9}',
      '{"event": "fake"',
      '\\"',
      '\\',
      '\u2028',
    ),
    fc.string({ unit: 'binary' }),
  );
  const text = fc.array(planted, { maxLength: 4 }).map((parts) => parts.join(''));
  const frame: fc.Arbitrary<EventFrame> = fc.record({
    event: fc.stringMatching(/^[a-z_.-]{1,30}$/),
    data: fc.dictionary(text, fc.oneof(text, fc.record({ message: text, broadcast: text, seq: fc.nat() })), {
      maxKeys: 4,
    }),
    broadcast: fc.record({
      omit_users: fc.option(fc.dictionary(fc.stringMatching(/^[a-z0-9]{26}$/), fc.boolean(), { maxKeys: 2 })),
      user_id: fc.stringMatching(/^[a-z0-9]{0,26}$/),
      channel_id: fc.stringMatching(/^[a-z0-9]{0,26}$/),
      team_id: fc.constant(''),
    }),
    seq: fc.nat(),
  });

  it('inside of strings and data changes nothing', () => {
    fc.assert(
      fc.property(frame, fc.constantFrom(compact, spaced), (each, shape) => {
        const wire = JSON.parse(JSON.stringify(each)) as EventFrame;
        expectHead(shape(wire), wire);
      }),
      { numRuns: 500 },
    );
  });

  it('in any other layout of valid JSON gives what a full parse gives', () => {
    fc.assert(
      fc.property(
        frame,
        fc.shuffledSubarray(['event', 'data', 'broadcast', 'seq'], { minLength: 4 }),
        (each, order) => {
          const wire = JSON.parse(JSON.stringify(each)) as EventFrame;
          const shuffled = Object.fromEntries(order.map((key) => [key, wire[key as keyof EventFrame]]));
          expectHead(JSON.stringify(shuffled), wire);
          expectHead(JSON.stringify(shuffled, null, 2), wire);
        },
      ),
    );
  });

  it('as a user to omit that is called broadcast changes nothing', () => {
    const wire: EventFrame = {
      event: 'typing',
      data: {},
      broadcast: { omit_users: { broadcast: true }, user_id: '', channel_id: 'c', team_id: '' },
      seq: 3,
    };
    const head = peek(compact(wire)) as EventHead;
    expect(head.seq).toBe(3);
    expect(addresseeOf(head, 'channel_id')).toBe('c');
    expect(frameOf(head)).toEqual(wire);
  });

  it('is not parsed in the two layouts of the server, and is in all that only look like them', () => {
    const shape = /^\{"event": ?"[^"\\]+", ?"data":[^]*\}, ?"seq": ?\d{1,15}\}\n?$/;
    const piece = (...texts: string[]) => fc.constantFrom(...texts);
    const texts = fc
      .tuple(
        piece('{"event":', '{"event": ', '{"event":  ', '{"Event":', ''),
        piece('"a"', '"a_b"', '""', '"a\\u0062"', 'a"', '"a'),
        piece(',', ', ', ',  ', '', ' ,'),
        piece('"data":{', '"data": {', '"data" :{', '"date":{', ''),
        piece('}', '}}', '"x":{"seq":1}}', ''),
        piece(',', ', ', ',  ', ''),
        piece('"seq":', '"seq": ', '"seq":  ', '"seq" :', 'seq":'),
        piece('0', '42', '007', '123456789012345', '1234567890123456', '-1', '1.5', ''),
        piece('}', '}\n', '}\n\n', '} ', ''),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (each) => {
        const head = peek(each);
        expect(head?.kind === 'event' && head.source === each).toBe(shape.test(each));
      }),
      { numRuns: 5_000 },
    );
  });

  it('as a name with an escape is decoded', () => {
    const wire: EventFrame = { event: 'a"b\n', data: {}, broadcast: {} as never, seq: 0 };
    expectHead(compact(wire), wire);
  });
});

describe('garbage', () => {
  it.each([
    '',
    'garbage',
    '7',
    'null',
    '[]',
    '{}',
    '{"event":7}',
    '{"event":"x"}',
    '{"event":"","data":{},"broadcast":{},"seq":1}',
    '{"event":"x","data":{},"broadcast":{},"seq":1.5}',
    '{"event":"x","data":{},"broadcast":{},"seq":"1"}',
    '{"event":"posted","data":{"post":"{broken"},"broadcast":{},"seq":',
    '{"event":"posted","data":{"post":"cut of',
    '{"event":"posted","data":{"post":"","seq":5}',
    '{"status":"MAYBE"}',
    '{"status":"FAIL"}',
    '{"status":"FAIL","error":"text"}',
  ])('such as %j is not taken for a frame', (text) => {
    expect(peek(text)).toBeUndefined();
  });

  it('of any kind throws nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const each of [text, `{"event":${text}`, `{"event":"x","data":${text},"broadcast":${text},"seq":1}`]) {
          const head = peek(each);
          if (head?.kind !== 'event') continue;
          addresseeOf(head, 'channel_id');
          frameOf(head);
        }
      }),
    );
  });

  it('in place of the data is found when the frame is read', () => {
    const head = peek('{"event":"x","data":{broken},"broadcast":{},"seq":1}');
    expect(head).toMatchObject({ event: 'x', seq: 1 });
    expect(frameOf(head as EventHead)).toBeUndefined();
  });
});
