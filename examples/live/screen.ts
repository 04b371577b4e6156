import type { ConnectionState } from 'matterstream';
import type { Line } from './lines.js';
import type { Story } from './story.js';
import { type Paint, type Style, clock, fit, width } from './text.js';

/** What one picture of the screen is drawn from. */
export interface Picture {
  readonly story: Story;
  /** What is watched, such as the address of the server. */
  readonly title: string;
  readonly nowMs: number;
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
}

/** From this width on the panel stands beside the events instead of under them. */
const sideBySideColumns = 110;
const panelColumns = 42;

/** The screen as lines, exactly `rows` of `columns` cells each. */
export function drawScreen(picture: Picture): string[] {
  const { columns, rows, paint } = picture;
  const head = [drawTitle(picture), drawStatus(picture), paint('dim', '─'.repeat(columns))];
  const height = Math.max(0, rows - head.length);
  if (columns < sideBySideColumns) {
    const panel = drawPanel(picture, columns, height >= 30 ? 4 : 2).slice(0, Math.max(0, height - 3));
    return [...head, ...drawEvents(picture, columns, height - panel.length), ...panel].slice(0, rows);
  }
  const eventColumns = columns - panelColumns - 3;
  const panel = drawPanel(picture, panelColumns, Math.max(3, Math.floor(height / 4)));
  const bar = paint('dim', '│');
  const blank = ' '.repeat(panelColumns);
  const events = drawEvents(picture, eventColumns, height);
  return [...head, ...events.map((line, row) => `${line} ${bar} ${panel[row] ?? blank}`)].slice(0, rows);
}

function drawTitle({ story, title, nowMs, columns, paint }: Picture): string {
  const elapsed = Math.max(0, Math.floor((nowMs - story.startedAtMs) / 1000));
  const time = `${Math.floor(elapsed / 60)}:${String(elapsed % 60).padStart(2, '0')} `;
  return paint('inverse', fit(` matterstream  ${title}`, columns - time.length) + time);
}

function drawStatus({ story, nowMs, columns, paint }: Picture): string {
  const { connection, perSecond } = story;
  const state = connectionText(story, nowMs);
  const second = Math.floor(nowMs / 1000);
  const rates = Array.from({ length: 20 }, (_, ago) => perSecond.get(second - 20 + ago) ?? 0);
  const spark = columns > 60 ? ` ${sparkline(rates)} ` : ' ';
  const left = fit(` ● ${state}`, columns - spark.length);
  return paint(connectionStyle(connection), left.slice(0, 2)) + left.slice(2) + paint('cyan', spark);
}

function connectionText({ connection, latencyMs }: Story, nowMs: number): string {
  if (!connection) return 'starting';
  switch (connection.status) {
    case 'ready':
      return [
        connection.resumed ? 'ready, resumed' : 'ready',
        latencyMs === undefined ? '' : `latency ${latencyMs < 10 ? latencyMs.toFixed(1) : Math.round(latencyMs)} ms`,
      ]
        .filter(Boolean)
        .join(' · ');
    case 'waiting':
      return `waiting: ${connection.reason}, attempt ${connection.attempt}, next in ${Math.max(0, connection.retryAtMs - nowMs)} ms`;
    default:
      return connection.status;
  }
}

function connectionStyle(connection: ConnectionState | undefined): Style {
  switch (connection?.status) {
    case 'ready':
      return 'green';
    case 'rejected':
    case 'offline':
    case 'closed':
      return 'red';
    default:
      return 'yellow';
  }
}

const blocks = ' ▁▂▃▄▅▆▇█';

/** Events per second as a row of bars. */
function sparkline(rates: readonly number[]): string {
  const top = Math.max(4, ...rates);
  return rates.map((rate) => blocks[Math.ceil((rate / top) * (blocks.length - 1))] ?? ' ').join('');
}

function drawEvents({ story, paint }: Picture, columns: number, rows: number): string[] {
  if (rows <= 0) return [];
  const shown = story.lines.slice(-rows);
  const subjectColumns = Math.min(Math.floor(columns / 3), Math.max(0, ...shown.map((line) => width(subjectOf(line)))));
  const drawn = shown.map((line) => drawLine(line, columns, subjectColumns, paint));
  const blank = ' '.repeat(columns);
  return [...drawn, ...Array<string>(rows - shown.length).fill(blank)];
}

const subjectOf = ({ where, who }: Line): string => [where, who].filter(Boolean).join(' ');

const labelStyles: Readonly<Record<Line['kind'], Style>> = {
  event: 'cyan',
  typing: 'dim',
  latency: 'dim',
  connection: 'yellow',
  session: 'magenta',
  gap: 'red',
  note: 'bold',
};

function drawLine(line: Line, columns: number, subjectColumns: number, paint: Paint): string {
  const time = paint('dim', clock(line.atMs));
  if (line.kind === 'note') return `${time} ${paint('bold', fit(`» ${line.text}`, columns - 9))}`;
  const style: Style = line.kind === 'connection' && line.label === 'ready' ? 'green' : labelStyles[line.kind];
  const label = paint(style, fit(line.label, 17));
  const subject = subjectOf(line);
  // A line without a subject uses those columns for its text.
  const room = columns - 27;
  return subject
    ? `${time} ${label} ${paint('bold', fit(subject, subjectColumns))} ${fit(line.text, room - subjectColumns - 1)}`
    : `${time} ${label} ${fit(line.text, room)}`;
}

function drawPanel(picture: Picture, columns: number, depth: number): string[] {
  const { story, nowMs, paint } = picture;
  const heading = (text: string): string =>
    paint('dim', `── ${text} ${'─'.repeat(Math.max(0, columns - width(text) - 4))}`);
  const section = (title: string, lines: readonly string[], size: number, empty: string): string[] => [
    heading(title),
    ...Array.from(
      { length: size },
      (_, row) => lines[row] ?? (row === 0 ? paint('dim', fit(` ${empty}`, columns)) : ' '.repeat(columns)),
    ),
  ];

  const dots = ['·  ', '·· ', '···', ' ··', '  ·', '   '][Math.floor(nowMs / 200) % 6] ?? '';
  const typing = story.typists.slice(-depth).map(({ who, where, inThread }) => {
    const text = fit(` ${where} ${who} is typing${inThread ? ' in a thread' : ''} `, columns - 3);
    return text + paint('green', dots);
  });
  const sessions = story.sessions.slice(-depth).map((line) => {
    const what = `${line.who} ${line.label}`;
    return `${paint('dim', clock(line.atMs))} ${paint('magenta', fit(what, 18))} ${fit(line.text, columns - 28)}`;
  });
  return [
    ...section('typing', typing, depth, 'nobody'),
    ...section('sessions', sessions, depth, 'no change'),
    ...section('events', drawCounts(story, columns, depth), depth, 'none yet'),
  ];
}

/** Counts of the most frequent events, as many columns as fit. */
function drawCounts(story: Story, columns: number, rows: number): string[] {
  const cell = 26;
  const across = Math.max(1, Math.floor(columns / cell));
  const top = [...story.events].sort(([, a], [, b]) => b - a).slice(0, rows * across);
  const cells = top.map(([name, count]) => fit(`${String(count).padStart(5)} ${name}`, cell));
  return Array.from({ length: Math.ceil(cells.length / across) }, (_, row) =>
    fit(cells.slice(row * across, (row + 1) * across).join(''), columns),
  );
}
