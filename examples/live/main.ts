import { isMattermostError } from 'matterstream';
import {
  NEVER,
  type Observable,
  concat,
  fromEvent,
  identity,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  of,
  scan,
  share,
  startWith,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  timer,
} from 'rxjs';
import { type LiveOptions, parseLiveArgs, usage } from './args.js';
import { ExitError } from './exit-error.js';
import { dated, watch } from './happenings.js';
import { quitKeys } from './keys.js';
import { toLine } from './lines.js';
import { createNames } from './names.js';
import { openShow } from './show.js';
import { type Told, beginStory, continueStory } from './story.js';
import { summarize } from './summary.js';
import { viewPlain } from './view-plain.js';
import { viewTerminal } from './view-terminal.js';

async function run(options: LiveOptions): Promise<void> {
  const { stdin, stdout } = process;
  const draws = stdout.isTTY && !options.plain;
  const show = await openShow(options);
  const { client } = show;
  try {
    const names = createNames(client, (await client.users.getUser('me')).id);
    const stop$ = merge(
      ...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => fromEvent(process, signal)),
      draws ? quitKeys(stdin) : NEVER,
      Number.isFinite(options.durationMs) ? timer(options.durationMs) : NEVER,
    ).pipe(take(1), share());
    const end$ = stop$.pipe(switchMap(() => concat(show.settled$.pipe(ignoreElements()), of(undefined))));

    const told$: Observable<Told> = merge(watch(client, show.focus), show.play$.pipe(takeUntil(stop$))).pipe(
      dated(names),
      map((happening) => ({ happening, line: toLine(happening, names) })),
      takeWhile(({ happening }) => happening.kind !== 'connection' || happening.state.status !== 'rejected', true),
      takeUntil(end$),
    );
    const beginning = beginStory(Date.now());
    const story$ = told$.pipe(draws ? identity : viewPlain(stdout), scan(continueStory, beginning));
    const story = await lastValueFrom(
      draws ? story$.pipe(startWith(beginning), viewTerminal(show.title, stdout)) : story$,
    );

    stdout.write(`\n${summarize(story, Date.now(), show.ledger()).join('\n')}\n`);
    if (story.connection?.status === 'rejected') throw new ExitError(story.connection.error.message, 1);
  } finally {
    await show.close();
  }
}

async function main(): Promise<number> {
  try {
    const options = parseLiveArgs(process.argv.slice(2), process.env);
    if (options === 'help') process.stdout.write(usage);
    else await run(options);
    return 0;
  } catch (error) {
    if (!(error instanceof ExitError) && !isMattermostError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof ExitError ? error.exitCode : 1;
  }
}

// Whoever reads our output may leave early, as in `npm start | head`.
process.stdout.once('error', () => process.exit());

process.exitCode = await main();
