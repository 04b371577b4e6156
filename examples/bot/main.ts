import { parseArgs } from 'node:util';
import { createClient, isMattermostError } from 'matterstream';
import { fromEvent, merge, share, take } from 'rxjs';
import { runBot } from './bot.js';
import { demonstrate } from './demo.js';

const usage = `A small bot. Mention it, or write to it directly: help, time, roll 2d6, members, remind 5 tea.

  npm run example:bot                 on an embedded server, with somebody who asks
  npm run example:bot -- --url URL    on a real one, with the token of a bot account in MATTERMOST_TOKEN`;

const stop$ = merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM')).pipe(take(1), share());

async function main(): Promise<number> {
  const { url, help } = parseArgs({
    options: { url: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  }).values;
  const token = process.env['MATTERMOST_TOKEN'];
  if (help || (url && !token)) {
    console.log(usage);
    return help ? 0 : 2;
  }
  if (!url || !token) {
    await demonstrate(stop$);
    return 0;
  }
  const client = createClient({ url, auth: { token } });
  try {
    console.log('listening');
    await runBot(client, stop$).forEach((post) => console.log(`answered ${post.id}`));
    return 0;
  } catch (error) {
    if (!isMattermostError(error)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    client.close();
  }
}

process.exitCode = await main();
