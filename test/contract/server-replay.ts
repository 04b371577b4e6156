import { readRest, readSockets } from '../fixtures/recordings.js';
import type { Exchange, RecordedVersion, SocketLine } from '../fixtures/recordings.js';
import { sequenceDifference, shapeDifference } from './server-likeness.js';
import { Run } from './server-run.js';
import type { Frame } from './server-run.js';

/** Sections of the scenario that the embedded server has handlers for. How sessions end has a test of its own. */
const covered = [
  'anonymous',
  'first admin',
  'config',
  'people',
  'teams',
  'channels',
  'sidebar categories',
  'files',
  'uploads',
  'posts',
  'reactions',
  'threads',
  'unread, saved, ephemeral',
  'drafts, scheduled posts, bookmarks',
  'websocket actions',
  'users: reading',
  'users: images',
  'users: changing',
  'users: passwords, e-mail',
  'users: MFA',
  'users: sessions and tokens',
  'users: bots, guests, auth',
  'users: terms of service',
  'users: preferences, status',
  'typing',
  'bots',
  'emoji',
];

/** Sockets that stay open, one or two per person. Others come and go, and are not played. */
const people = ['admin#1', 'alice#1', 'alice#2', 'bob#1', 'bot#1', 'dave#1'];

/** An exchange, or what was sent on sockets between two exchanges. */
interface Step {
  readonly t: number;
  readonly exchange?: Exchange;
  readonly lines: readonly SocketLine[];
}

function stepsOf(exchanges: readonly Exchange[], lines: readonly SocketLine[]): Step[] {
  const sent = lines.filter(({ dir, open, frame }) => dir === 'out' && (open === 'connecting' || frame !== undefined));
  const steps = exchanges.flatMap((exchange, at): Step[] => {
    const after = sent.filter(({ t }) => t >= exchange.t && t < (exchanges[at + 1]?.t ?? Infinity));
    const own = { t: exchange.t, exchange, lines: [] };
    return after[0] ? [own, { t: after[0].t, lines: after }] : [own];
  });
  return steps;
}

/** How many of `all` agree, and how the others differ. */
export interface Score {
  all: number;
  agree: number;
  readonly differences: string[];
}

const score = (): Score => ({ all: 0, agree: 0, differences: [] });

function note(of: Score, agrees: boolean, difference: () => string): void {
  of.all++;
  if (agrees) of.agree++;
  else of.differences.push(difference());
}

/** Names of the members that an event carries. */
const membersOf = ({ data }: Frame): string[] => Object.keys(data ?? {}).sort();

/** Events are alike if they have the same name and carry the same members. */
const areAlike = (a: Frame, b: Frame): boolean => a.event === b.event && membersOf(a).join() === membersOf(b).join();

/** Puts a difference into words: `-event` is missing, `+event` is extra, `event(-member +member)` carries something else. */
function describeEvents(missing: readonly Frame[], extra: readonly Frame[]): string {
  const left = [...extra];
  const words = missing.map((frame) => {
    const at = left.findIndex((other) => other.event === frame.event);
    const other = at < 0 ? undefined : left.splice(at, 1)[0];
    if (!other) return `-${String(frame.event)}`;
    const [theirs, mine] = [membersOf(frame), membersOf(other)];
    const members = [
      ...theirs.filter((name) => !mine.includes(name)).map((name) => `-${name}`),
      ...mine.filter((name) => !theirs.includes(name)).map((name) => `+${name}`),
    ];
    return `${String(frame.event)}(${members.join(' ') || 'order'})`;
  });
  return [...words, ...left.map(({ event }) => `+${String(event)}`)].join(' ');
}

const errorId = (status: number, body: unknown): unknown =>
  status >= 400 ? (body as { id?: unknown } | null)?.id : undefined;

/** Plays the recorded scenario to an embedded server, and compares answers and events step by step. */
export function replayServer(version: RecordedVersion) {
  const exchanges = readRest(version).filter(({ knownRoute }) => knownRoute !== false);
  const lines = readSockets(version).filter(({ conn }) => people.includes(conn));
  const heard = new Map(
    people.map((conn) => [conn, lines.filter((line) => line.conn === conn && line.dir === 'in' && line.frame)]),
  );
  const first = exchanges.find(({ op, status }) => op === 'createUser' && status === 201);
  const config = exchanges.find(({ op, status }) => op === 'getConfig' && status === 200);
  if (!first || !config) throw new Error('the recording has no first user');
  const createdAt = (first.resBody as { create_at: number }).create_at;
  const siteUrl = (config.resBody as { ServiceSettings: { SiteURL: string } }).ServiceSettings.SiteURL;
  const run = new Run(version, createdAt - first.t, siteUrl);
  const scores = { status: score(), errorId: score(), shape: score(), replies: score(), events: score() };

  const steps = stepsOf(exchanges, lines);
  const end = steps.findIndex(({ exchange }) => exchange?.section === 'webhooks');

  for (const [at, step] of steps.slice(0, end).entries()) {
    const { exchange } = step;
    if (exchange && !(covered.includes(exchange.section) && run.handles(exchange))) continue;
    run.passTo(step.t);
    const before = new Map(people.map((conn) => [conn, run.framesOf(conn).length]));
    for (const line of step.lines) act(run, line);
    const label = exchange ? compareAnswer(run, exchange, scores) : `sockets at ${step.t}`;
    const until = steps[at + 1]?.t ?? Infinity;
    const differences = new Map<string, string[]>();
    for (const conn of people) {
      const recorded = (heard.get(conn) ?? []).filter(({ t }) => t >= step.t && t < until);
      const frames = recorded.map(({ frame }) => frame as Frame);
      const difference = compareFrames(
        run,
        `${label} for ${conn}`,
        frames,
        run.framesOf(conn).slice(before.get(conn)),
        scores,
      );
      if (difference) differences.set(difference, [...(differences.get(difference) ?? []), conn]);
    }
    for (const [difference, conns] of differences)
      scores.events.differences.push(`${label} for ${conns.join(', ')}: ${difference}`);
  }
  return scores;
}

type Scores = ReturnType<typeof replayServer>;

function compareAnswer(run: Run, exchange: Exchange, scores: Scores): string {
  const { section, as, op, status, resBody } = exchange;
  if (op === 'getLatestTermsOfService' && status === 200) run.putTerms(resBody as { id: string; text: string });
  const answer = run.call(exchange);
  const label = `${section}: ${as} ${op}`;
  note(scores.status, status === answer.status, () => `${label}: ${status}, not ${answer.status}`);
  const ids = [errorId(status, resBody), errorId(answer.status, answer.body)];
  note(scores.errorId, ids[0] === ids[1], () => `${label}: ${String(ids[0])}, not ${String(ids[1])}`);
  const described = typeof resBody === 'object' && resBody !== null && 'contentType' in resBody;
  if (status < 400 && answer.status < 400 && resBody !== null && typeof resBody === 'object' && !described) {
    const difference = shapeDifference(resBody, answer.body);
    note(scores.shape, difference === '', () => `${label}: ${difference}`);
  }
  return label;
}

function act(run: Run, line: SocketLine): void {
  run.passTo(line.t);
  if (line.open === undefined) run.send(line.conn, line.frame);
  else run.open(line);
}

/** Compares what one socket received in one step. Gives how the events differ; empty if they do not. */
function compareFrames(
  run: Run,
  label: string,
  recorded: readonly Frame[],
  ours: readonly Frame[],
  scores: Scores,
): string {
  const split = (frames: readonly Frame[]) => ({
    events: frames.filter(({ event }) => event !== undefined),
    replies: frames.filter(({ event }) => event === undefined).map(({ error }) => error?.id ?? 'OK'),
  });
  const [theirs, mine] = [split(recorded), split(ours)];
  if (theirs.replies.length + mine.replies.length > 0)
    note(
      scores.replies,
      theirs.replies.join() === mine.replies.join(),
      () => `${label}: ${theirs.replies.join()}, not ${mine.replies.join()}`,
    );
  const { common, missing, extra } = sequenceDifference(theirs.events, mine.events, areAlike);
  scores.events.all += Math.max(theirs.events.length, mine.events.length);
  scores.events.agree += common;
  for (const [n, event] of theirs.events.entries())
    if (mine.events[n]?.event === event.event) run.names.learn(event.data, mine.events[n]?.data);
  return describeEvents(missing, extra);
}
