import { createClient } from 'matterstream';
import { LocalSocket } from './lib/local-socket.js';
import { interleave, medianDifferenceUs, type Contender } from './lib/rounds.js';
import { atMost, type Row } from './lib/table.js';
import { channelId } from './peers/frames.mjs';

const counts = [1, 100, 10_000];

/** One event of one channel, from its text to its subscriber, beside subscribers that each listen to another channel. */
export async function benchDispatch(quick: boolean): Promise<Row[]> {
  const contenders: Contender[] = [];
  const stops: (() => void)[] = [];
  for (const count of counts) {
    const client = createClient({
      url: 'http://127.0.0.1:1',
      auth: { token: 'benchbenchbenchbenchbench2' },
      WebSocket: LocalSocket,
    });
    let seen = 0;
    client.events.on('posted', { channelId }).subscribe(() => seen++);
    for (let n = 1; n < count; n++) {
      client.events.on('posted', { channelId: `other${String(n).padStart(21, '0')}` }).subscribe(() => {
        throw new Error('an event of another channel');
      });
    }
    await new Promise<void>((resolve) => {
      client.connection.state$.subscribe(({ status }) => status === 'ready' && resolve());
    });
    const socket = LocalSocket.last;
    let texts: readonly string[] = [];
    contenders.push({
      name: `${count.toLocaleString('en')} subscriber${count > 1 ? 's' : ''}`,
      prepare: (operations) => {
        texts = socket.prepare(operations);
        seen = 0;
        return Promise.resolve();
      },
      run: (operations) => {
        socket.deliver(texts);
        if (seen !== operations) throw new Error(`${seen} of ${operations} events`);
        return Promise.resolve();
      },
    });
    stops.push(() => client.close());
  }
  const measured = await interleave(contenders, {
    rounds: quick ? 1 : 21,
    warmUps: 1,
    operations: quick ? 1000 : 20_000,
  });
  for (const stop of stops) stop();
  const one = measured[0]!;
  return measured.map((row) => {
    const moreUs = medianDifferenceUs(row, one);
    return {
      group: 'one event of a channel',
      what: row.name,
      value: `${row.medianUs.toFixed(2)} µs`,
      ...(row !== one && { ratio: `${moreUs.toFixed(2)} µs more than with one` }),
      ...(row === measured.at(-1) && { goal: atMost(moreUs, 1, 'µs more') }),
    };
  });
}
