import { createClient } from 'matterstream';
import { startPeer } from './lib/child.js';
import { interleave, type Contender } from './lib/rounds.js';
import type { Row } from './lib/table.js';

const channelId = 'ab4543deptryfbqifj8gdw53pr';
const counts = [1, 100, 10_000];

/** One event of one channel, with this many subscribers that each listen to a channel of their own. */
export async function benchDispatch(quick: boolean): Promise<Row[]> {
  const contenders: Contender[] = [];
  const stops: (() => void)[] = [];
  for (const count of counts) {
    const peer = await startPeer('event-peer.mjs');
    const client = createClient({
      url: `http://127.0.0.1:${peer.port}`,
      auth: { token: 'benchbenchbenchbenchbench2' },
    });
    let left = 0;
    let done = (): void => {};
    client.events.on('posted', { channelId }).subscribe(() => {
      if (--left === 0) done();
    });
    for (let n = 1; n < count; n++) {
      client.events.on('posted', { channelId: `other${String(n).padStart(21, '0')}` }).subscribe(() => {
        throw new Error('an event of another channel');
      });
    }
    await new Promise<void>((resolve) => {
      client.connection.state$.subscribe(({ status }) => status === 'ready' && resolve());
    });
    contenders.push({
      name: `${count.toLocaleString('en')} subscriber${count > 1 ? 's' : ''}`,
      prepare: (operations) => peer.ask({ prepare: operations }),
      run: (operations) =>
        new Promise((resolve) => {
          left = operations;
          done = resolve;
          peer.send({ burst: true });
        }),
    });
    stops.push(() => {
      client.close();
      void peer.stop();
    });
  }
  const measured = await interleave(contenders, quick ? 1 : 9, quick ? 1000 : 20_000);
  for (const stop of stops) stop();
  const one = measured[0]!;
  return measured.map((row) => ({
    group: 'one event, channel-scoped',
    what: row.name,
    value: `${row.medianUs.toFixed(2)} µs`,
    ...(row !== one && { ratio: `${(row.medianUs - one.medianUs).toFixed(2)} µs more than with one` }),
    ...(row === measured.at(-1) && { target: '≤ 1 µs more' }),
  }));
}
