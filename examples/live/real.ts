import { type Client, createClient } from 'matterstream';
import type { LiveOptions } from './args.js';
import { credentials } from './credentials.js';
import { ExitError } from './exit-error.js';
import type { Focus } from './happenings.js';

/** A real server, logged in to. */
export interface RealServer {
  readonly client: Client;
  readonly focus: Focus | undefined;
}

/** How long a server may take to answer at first, in milliseconds. */
const patienceMs = 15_000;

/** Logs in, and finds the team to look at. Errors with what is wrong with the address, the credentials or the team. */
export async function openRealServer(url: string, options: LiveOptions): Promise<RealServer> {
  const client = createClient({ url, auth: await credentials(options), timeoutMs: patienceMs });
  try {
    await client.users.getUser('me');
    return { client, focus: options.team === undefined ? undefined : await focusOn(client, options.team) };
  } catch (error) {
    client.close();
    throw error;
  }
}

async function focusOn(client: Client, name: string): Promise<Focus> {
  const teams = await client.teams.getTeamsForUser('me');
  const team = teams.find((one) => one.name === name || one.display_name === name);
  if (!team) {
    const known = teams.map((one) => one.name).join(', ');
    throw new ExitError(`--team ${name}: you are in no such team${known && `; yours are ${known}`}.`, 2);
  }
  const channels = await client.channels.getChannelsForTeamForUser('me', team.id);
  return { teamId: team.id, channelIds: new Set(channels.map(({ id }) => id)) };
}
