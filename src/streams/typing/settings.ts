import { catchError, filter, ignoreElements, map, merge, mergeMap, of, take, type Observable } from 'rxjs';
import type { StreamContext } from '../context.js';
import { shareLatestBy } from '../share-latest.js';

/** The server's settings for typing: protocol §4.2. */
export interface TypingSettings {
  /** Whether clients are to send notices at all. */
  readonly enabled: boolean;
  /** Time between two notices of a user who goes on typing, in milliseconds. */
  readonly intervalMs: number;
}

/** Keeps the settings for typing up to date. */
export interface SettingsReader {
  readonly current: TypingSettings;
  /**
   * Emits once and completes when the settings of this connection are known, or cannot be read; never errors. Cold: reads them once for each
   * connection; those who ask at the same time share one request.
   */
  known(connectionId: string): Observable<unknown>;
  /** While subscribed, reads the settings of each new connection and follows `config_changed`. Cold; emits nothing; never errors. */
  readonly follow$: Observable<never>;
}

type Config = Readonly<Record<string, string | undefined>>;

/** The server's own defaults and minimum: protocol §4.2. */
const defaults: TypingSettings = { enabled: true, intervalMs: 5_000 };
const minIntervalMs = 1_000;

function settingsOf(config: Config | undefined): TypingSettings {
  const intervalMs = Math.max(minIntervalMs, Number(config?.['TimeBetweenUserTypingUpdatesMilliseconds']));
  return {
    enabled: config?.['EnableUserTypingMessages'] !== 'false',
    // It is NaN where the server does not say.
    intervalMs: intervalMs || defaults.intervalMs,
  };
}

/** See {@link SettingsReader}. */
export function createSettingsReader({ connection, signals$, events, rest }: StreamContext): SettingsReader {
  let current = defaults;
  let readFor: string | undefined;
  /** The latest `config_changed`. */
  let latestEvent: unknown;

  const known = shareLatestBy<unknown>((connectionId) => {
    if (connectionId === readFor) return of(undefined);
    const eventBefore = latestEvent;
    return rest.clientConfig().pipe(
      map((config) => {
        readFor = connectionId;
        // An event that came meanwhile may be newer than this answer.
        if (latestEvent === eventBefore) current = settingsOf(config);
      }),
      catchError(() => of(undefined)),
    );
  });

  const readyNow$ = connection.state$.pipe(
    take(1),
    filter(({ status }) => status === 'ready'),
  );
  const readyLater$ = signals$.pipe(filter((signal) => signal.type === 'ready'));
  const changed$ = events.on('config_changed').pipe(
    map((event) => {
      latestEvent = event;
      current = settingsOf(event.data.config);
    }),
  );
  return {
    get current() {
      return current;
    },
    known,
    follow$: merge(
      merge(readyNow$, readyLater$).pipe(mergeMap(({ connectionId }) => known(connectionId))),
      changed$,
    ).pipe(ignoreElements()),
  };
}
