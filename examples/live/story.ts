import type { ConnectionState } from 'matterstream';
import type { Dated } from './happenings.js';
import type { Line } from './lines.js';

/** Somebody who is typing now. */
export interface Typist {
  readonly key: string;
  readonly who: string;
  readonly where: string;
  readonly inThread: boolean;
}

/** What has happened so far: all that the view and the closing summary need. Bounded, however long it runs. */
export interface Story {
  readonly startedAtMs: number;
  readonly lines: readonly Line[];
  readonly sessions: readonly Line[];
  readonly typists: readonly Typist[];
  readonly connection: ConnectionState | undefined;
  /** Round trip of the last heartbeat. */
  readonly latencyMs: number | undefined;
  /** How often each event came. */
  readonly events: ReadonlyMap<string, number>;
  /** Events in each of the last seconds, by second since the epoch. */
  readonly perSecond: ReadonlyMap<number, number>;
  readonly gaps: number;
  /** When the connection was lost, while it is. */
  readonly lostAtMs: number | undefined;
  /** How long each loss of the connection lasted, in milliseconds. */
  readonly outagesMs: readonly number[];
  /** Losses after which the server gave everything that had been missed. */
  readonly resumed: number;
  /** Whose session has ended and has not come back. */
  readonly signedOut: ReadonlySet<string>;
  readonly sessionsEnded: number;
  readonly sessionsRecovered: number;
}

const keptLines = 200;
const keptSeconds = 60;

export function beginStory(startedAtMs: number): Story {
  return {
    startedAtMs,
    lines: [],
    sessions: [],
    typists: [],
    connection: undefined,
    latencyMs: undefined,
    events: new Map(),
    perSecond: new Map(),
    gaps: 0,
    lostAtMs: undefined,
    outagesMs: [],
    resumed: 0,
    signedOut: new Set(),
    sessionsEnded: 0,
    sessionsRecovered: 0,
  };
}

/** The story with one more happening; `line` is the same in words. */
export function continueStory(story: Story, { happening, line }: Told): Story {
  const next = line && line.kind !== 'typing' ? { ...story, lines: keep(story.lines, line) } : story;
  switch (happening.kind) {
    case 'event': {
      const second = Math.floor(happening.atMs / 1000);
      const recent = [...story.perSecond].filter(([at]) => at > second - keptSeconds);
      return {
        ...next,
        events: add(story.events, happening.event.event),
        perSecond: add(new Map(recent), second),
      };
    }
    case 'typing': {
      const { typing, channelId, rootId, userId } = happening.change;
      const key = `${channelId} ${rootId} ${userId}`;
      const others = story.typists.filter((typist) => typist.key !== key);
      const typist = { key, who: line?.who ?? '', where: line?.where ?? '', inThread: rootId !== '' };
      return { ...next, typists: typing ? [...others, typist] : others };
    }
    case 'connection':
      return followConnection(next, happening.state, happening.atMs);
    case 'latency':
      return { ...next, latencyMs: happening.latencyMs };
    case 'session':
      return followSession({ ...next, sessions: line ? keep(story.sessions, line) : story.sessions }, happening);
    case 'gap':
      return { ...next, gaps: story.gaps + 1 };
    case 'note':
      return next;
  }
}

/** A happening, and the same in words. */
export interface Told {
  readonly happening: Dated;
  readonly line: Line | undefined;
}

function followConnection(story: Story, connection: ConnectionState, atMs: number): Story {
  const next = { ...story, connection };
  const { status } = connection;
  if (status === 'ready' && story.lostAtMs !== undefined) {
    return {
      ...next,
      lostAtMs: undefined,
      outagesMs: [...story.outagesMs, atMs - story.lostAtMs],
      resumed: story.resumed + Number(connection.resumed),
    };
  }
  const leaves = story.connection?.status === 'ready' && status !== 'ready' && status !== 'closed' && status !== 'idle';
  return leaves ? { ...next, lostAtMs: atMs } : next;
}

const endings: ReadonlySet<string> = new Set(['revoked', 'expired', 'loggedOut']);
const beginnings: ReadonlySet<string> = new Set(['established', 'renewed']);

function followSession(story: Story, { change, who }: Extract<Dated, { kind: 'session' }>): Story {
  // Others that this client acts on or hears of are not its own login.
  if (change.scope !== 'current') return story;
  const signedOut = new Set(story.signedOut);
  if (endings.has(change.type) && !signedOut.has(who)) {
    return { ...story, signedOut: signedOut.add(who), sessionsEnded: story.sessionsEnded + 1 };
  }
  if (beginnings.has(change.type) && signedOut.delete(who)) {
    return { ...story, signedOut, sessionsRecovered: story.sessionsRecovered + 1 };
  }
  return story;
}

function keep(lines: readonly Line[], line: Line): readonly Line[] {
  return [...lines.slice(1 - keptLines), line];
}

function add<K>(counts: ReadonlyMap<K, number>, key: K): ReadonlyMap<K, number> {
  return new Map(counts).set(key, (counts.get(key) ?? 0) + 1);
}
