import { filter, firstValueFrom } from 'rxjs';
import { createClient } from 'matterstream';
import { createTestServer } from 'matterstream/testing';
import { median } from './lib/rounds.js';
import { atMost, type Row } from './lib/table.js';

/** Milliseconds from an abrupt cut by the network until the connection is `ready` again, against the embedded server. */
export async function benchReady(quick: boolean): Promise<Row[]> {
  const server = await createTestServer({ port: 0 });
  const { token } = server.createUser({ username: 'bench' });
  const client = createClient({ url: server.url, auth: { token } });
  const holding = client.connection.open().subscribe();
  const status = (wanted: string) =>
    firstValueFrom(client.connection.state$.pipe(filter((state) => state.status === wanted)));
  await status('ready');
  const times: number[] = [];
  let resumed = 0;
  const cuts = quick ? 3 : 30;
  for (let n = 0; n < cuts; n++) {
    const lost = firstValueFrom(client.connection.state$.pipe(filter((state) => state.status !== 'ready')));
    // The client waits longer after each connection that breaks soon; this one has to last long enough.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const started = performance.now();
    server.faults.drop();
    await lost;
    const state = await status('ready');
    times.push(performance.now() - started);
    if (state.resumed) resumed++;
  }
  holding.unsubscribe();
  client.close();
  await server.close();
  return [
    {
      group: 'cut connection',
      what: `ready again, ${cuts} cuts, ${resumed} resumed`,
      value: `${median(times).toFixed(0)} ms`,
      ratio: `${Math.max(...times).toFixed(0)} ms at most`,
      goal: atMost(median(times), 100, 'ms'),
    },
  ];
}
