import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { concat, lastValueFrom, map, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { parseLiveArgs } from '../../examples/live/args.js';
import { ExitError } from '../../examples/live/exit-error.js';
import type { Dated } from '../../examples/live/happenings.js';
import { toLine } from '../../examples/live/lines.js';
import type { Names } from '../../examples/live/names.js';
import { drawScreen } from '../../examples/live/screen.js';
import { type Story, beginStory, continueStory } from '../../examples/live/story.js';
import { median, summarize } from '../../examples/live/summary.js';
import { fit, oneLine, paintNothing, width } from '../../examples/live/text.js';
import { viewTerminal } from '../../examples/live/view-terminal.js';

const names: Names = { user: (id) => `@${id}`, channel: (id) => `#${id}`, learn: () => of(undefined) };

const facts = { connectionId: 'c1', resumed: false, latencyMs: 1, lastFrameAtMs: 0 };

type Undated = Dated extends infer One ? (One extends Dated ? Omit<One, 'atMs'> : never) : never;

/** The story of these happenings, one each 10 ms from 0 on. */
function tell(...happenings: readonly Undated[]): Story {
  return happenings
    .map((happening, index) => ({ ...happening, atMs: index * 10 }))
    .map((happening) => ({ happening, line: toLine(happening, names) }))
    .reduce(continueStory, beginStory(0));
}

const connection = (status: 'ready' | 'connecting' | 'closed', resumed = false): Undated => ({
  kind: 'connection',
  state: { ...facts, status, resumed },
});

const posted = (message: string): Undated => ({
  kind: 'event',
  event: {
    event: 'posted',
    data: { post: { id: 'p', user_id: 'alice', root_id: '', message } },
    channelId: 'town',
    teamId: '',
    userId: 'alice',
    seq: 1,
  } as never,
});

const typing = (is: boolean, userId = 'bob'): Undated => ({
  kind: 'typing',
  change: { typing: is, userId, channelId: 'town', rootId: '' },
});

const session = (type: string, who = '@carol'): Undated => ({
  kind: 'session',
  who,
  change: { type, scope: 'current', origin: 'remote', evidence: { kind: 'reply', status: 401 } } as never,
});

describe('command line of the live view', () => {
  it.each([
    [['--frobnicate'], /frobnicate/],
    [['here'], /here/],
    [['--url', 'chat.example.com'], /must be an http\(s\) URL/],
    [['--url', 'ftp://chat.example.com', '--token', 't'], /must be an http\(s\) URL/],
    [['--url', 'https://me:secret@chat.example.com', '--token', 't'], /password out of the URL/],
    [['--url', 'https://chat.example.com'], /--login-id, --token or MATTERMOST_TOKEN/],
    [['--url', 'https://chat.example.com', '--token', 't', '--login-id', 'me'], /not both/],
    [['--url', 'https://chat.example.com', '--token', 't', '--mfa-token', '1'], /--login-id/],
    [['--token', 't'], /--url/],
    [['--team', 'aurora'], /--url/],
    [['--duration', 'soon'], /--duration soon/],
    [['--duration', '0'], /--duration 0/],
    [['--duration'], /duration/],
    [['--password', 'hunter2'], /never goes on the command line/],
    [['--password=hunter2'], /never goes on the command line/],
  ])('%j is refused with a message that names it, and exit code 2', (argv, message) => {
    const act = (): unknown => parseLiveArgs(argv, {});
    expect(act).toThrow(ExitError);
    expect(act).toThrow(message);
    expect(act).not.toThrow(/hunter2|secret/);
    expect(act).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('takes the token from the environment, unless somebody logs in with a name', () => {
    const env = { MATTERMOST_TOKEN: 'from-env' };
    const url = ['--url', 'https://chat.example.com/sub'];
    expect(parseLiveArgs(url, env)).toMatchObject({ token: 'from-env', durationMs: Infinity });
    expect(parseLiveArgs([...url, '--login-id', 'me'], env)).toMatchObject({ token: undefined, loginId: 'me' });
  });

  it('ends an embedded run by itself', () => {
    expect(parseLiveArgs([], { MATTERMOST_TOKEN: 'unused' })).toMatchObject({ durationMs: 25_000, token: undefined });
    expect(parseLiveArgs(['--duration', '1.5'], {})).toMatchObject({ durationMs: 1_500 });
  });
});

describe('text of others', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u009b2Jgone', '2Jgone'],
    ['two\nlines\r\n\tand a tab', 'two lines and a tab'],
    ['\u202eevil', 'evil'],
  ])('%j cannot steer the terminal', (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('never keeps a control character', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/\p{Cc}/u.test(oneLine(text))));
  });

  it('fits any text into exactly the cells that it has', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(oneLine), fc.integer({ min: 1, max: 60 }), (text, cells) => {
        expect(width(fit(text, cells))).toBe(cells);
      }),
    );
  });

  it('counts wide characters as two cells', () => {
    expect(width('日本')).toBe(4);
    expect(width('🎉')).toBe(2);
    expect(width('née')).toBe(3);
  });
});

describe('story', () => {
  it('measures how long each loss of the connection lasts, and whether it was resumed', () => {
    const story = tell(
      connection('ready'),
      connection('connecting'),
      connection('ready', true),
      connection('connecting'),
      connection('connecting'),
      connection('ready'),
    );
    expect(story.outagesMs).toEqual([10, 20]);
    expect(story.resumed).toBe(1);
  });

  it('does not take the end for a loss', () => {
    expect(tell(connection('ready'), connection('closed')).lostAtMs).toBeUndefined();
  });

  it('counts a session that ended once, and its return', () => {
    const story = tell(
      session('established'),
      session('revoked'),
      session('expired'),
      session('renewed'),
      session('established'),
    );
    expect([story.sessionsEnded, story.sessionsRecovered]).toEqual([1, 1]);
  });

  it('knows who is typing, each person and place once', () => {
    const story = tell(typing(true), typing(true), typing(true, 'dave'), typing(false));
    expect(story.typists.map(({ who }) => who)).toEqual(['@dave']);
  });

  it('stays bounded', () => {
    expect(tell(...Array<Undated>(1_000).fill(posted('x'))).lines.length).toBeLessThanOrEqual(200);
  });
});

describe('closing summary', () => {
  it('adds up what was seen, and says what was lost', () => {
    const story = tell(
      connection('ready'),
      posted('one'),
      connection('connecting'),
      connection('ready', true),
      posted('two'),
      session('revoked'),
      session('established'),
    );
    const text = summarize(story, 10_000, { written: 3, lost: 1 }).join('\n');
    expect(text).toMatch(/10 s, 2 events, 0\.2 per second/);
    expect(text).toMatch(/2 {2}posted/);
    expect(text).toMatch(/3 written, 2 seen, 1 lost/);
    expect(text).toMatch(/lost once, resumed without loss once, ready again after 10 ms/);
    expect(text).toMatch(/1 ended, 1 of them recovered/);
  });

  it('says so when nothing happened', () => {
    const text = summarize(tell(connection('ready')), 1_000).join('\n');
    expect(text).toMatch(/never lost/);
    expect(text).toMatch(/gaps +none/);
    expect(text).not.toMatch(/posts/);
  });

  it('takes the middle of the times', () => {
    expect([median([30, 10, 20]), median([10, 20]), median([])]).toEqual([20, 15, 0]);
  });
});

describe('screen', () => {
  const busy = tell(
    connection('ready'),
    posted('Hello 🎉 日本語 '.repeat(20)),
    typing(true),
    session('revoked'),
    { kind: 'note', text: 'the network cuts our connection' },
    ...Array<Undated>(60).fill(posted('x')),
  );

  it('fills every terminal exactly, with nothing too wide', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 220 }), fc.integer({ min: 8, max: 70 }), (columns, rows) => {
        for (const story of [beginStory(0), busy]) {
          const lines = drawScreen({ story, title: 'a server', nowMs: 1_000, columns, rows, paint: paintNothing });
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(width(line)).toBe(columns);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('draws in place, and gives the terminal back', async () => {
    const out = Object.assign(new PassThrough(), { columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream &
      PassThrough;
    const listeners = process.listenerCount('exit');
    const stories$ = concat(of(busy), timer(250).pipe(map(() => busy)));
    await lastValueFrom(stories$.pipe(viewTerminal('a server', out)));
    const written = String(out.read());
    expect(written).toContain('is typing');
    expect(written.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true);
    expect(written.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(out.listenerCount('resize')).toBe(0);
  });
});
