import type { Client } from 'matterstream';
import { EMPTY, NEVER, type Observable } from 'rxjs';
import type { LiveOptions } from './args.js';
import type { Focus, Happening } from './happenings.js';
import { openRealServer } from './real.js';
import { createStage } from './stage.js';
import type { Ledger } from './summary.js';

/** What is to be seen: a client that watches, and what goes on besides. */
export interface Show {
  readonly title: string;
  readonly client: Client;
  readonly focus: Focus | undefined;
  /** What the client does not see by itself. */
  readonly play$: Observable<Happening>;
  /** Completes, after the play has been stopped, when nothing more is to come. */
  readonly settled$: Observable<unknown>;
  ledger(): Ledger | undefined;
  close(): Promise<void>;
}

export async function openShow(options: LiveOptions): Promise<Show> {
  if (options.url === undefined) {
    const stage = await createStage(options.durationMs);
    return { ...stage, title: `an embedded server with simulated people · ${stage.url}`, focus: undefined };
  }
  const { client, focus } = await openRealServer(options.url, options);
  return {
    title: [new URL(options.url).host, options.team].filter(Boolean).join(' · '),
    client,
    focus,
    play$: NEVER,
    settled$: EMPTY,
    ledger: () => undefined,
    close: async () => client.close(),
  };
}
