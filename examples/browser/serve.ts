import { parseArgs } from 'node:util';
import { openSite, password, usernames } from './server.js';

const { port, help } = parseArgs({
  options: { port: { type: 'string', default: '0' }, help: { type: 'boolean', short: 'h' } },
}).values;

if (help) {
  console.log('npm run example:browser -- [--port PORT]   the page, with an embedded server behind it');
} else {
  const site = await openSite(Number(port));
  console.log(`Open two of these, write in one and watch the other (password ${password}):`);
  for (const username of usernames) console.log(`  ${site.urlFor(username)}`);
  console.log('Ctrl-C ends.');
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void site.close());
}
