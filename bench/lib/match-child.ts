// The process of one match. Sends what it has measured to its parent.
import type { Matches } from './match.js';
import { interleave, type Length } from './rounds.js';

const [file, name, length] = process.argv.slice(2) as [string, string, string];
const { matches } = (await import(`../matches/${file}`)) as { matches: Matches };
const measured = await interleave(await matches[name]!(), JSON.parse(length) as Length);
process.on('disconnect', () => process.exit());
process.send!(measured);
