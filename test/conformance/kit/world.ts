import type { Observable } from 'rxjs';
import { createClient, type Client, type ClientOptions } from '../../../src/index.js';
import type { Channel, Team, User } from '../../../src/models/generated/entities.js';
import { validator } from '../../../src/validate/index.js';
import { attempt } from './attempt.js';
import { createFindings, type Findings } from './findings.js';
import { randomName } from './names.js';
import { createNeeds, type Needs } from './needs.js';
import { createPeople, type Login, type Person } from './people.js';
import { createProxy, type Proxy } from './proxy.js';
import { record, type Tape } from './tape.js';
import type { Target } from './target.js';

/** Heartbeat of the suite's clients, in milliseconds: short, so that a dead session shows soon. */
export const heartbeatMs = 1_000;

/** Everything that the rules share on one server. Made once per run; what it made is removed at the end. */
export interface World extends Needs {
  readonly target: Target;
  /** Client of the user that the run was started with. */
  readonly admin: Client;
  readonly adminUser: User;
  readonly team: Team;
  readonly channel: Channel;
  /** Members of the team and the channel. */
  readonly alice: Person;
  readonly bob: Person;
  /** In no team. */
  readonly carol: Person;
  /** The settings that a server shows to a client that is logged in. */
  readonly config: Readonly<Record<string, string>>;
  /** How answers and events of all clients differ from the schemas. */
  readonly findings: Findings;
  readonly notes: readonly string[];
  /** Adds a line that is printed at the end of the run. */
  note(line: string): void;
  /** True from this version on. */
  since(major: number, minor?: number): boolean;
  /** A client that is closed at the end of the run. */
  client(auth: ClientOptions['auth'] | undefined, options?: Partial<ClientOptions>): Client;
  /** A client without any credential, for what needs none. */
  readonly nobody: Client;
  /** A new user with a session; `member` of the shared team and channel when asked. */
  person(options?: { readonly member?: boolean }): Promise<Person>;
  /** One more session of a user: its token, its id and a client. */
  login(person: Person): Promise<Login>;
  /** A new personal access token of a user. */
  accessToken(user: { readonly id: string }): Promise<{ readonly id: string; readonly token: string }>;
  /** A new channel of the team with the given members. */
  room(...members: readonly Person[]): Promise<Channel>;
  /** A proxy before the server, closed at the end of the run. */
  proxy(): Promise<Proxy>;
  record<T>(stream$: Observable<T>): Tape<T>;
  /** Runs `undo` at the end of the run, the last one first. The server may refuse it. */
  onClose(undo: () => PromiseLike<unknown>): void;
  /** Deactivates all people made since the last time, except the shared ones: servers without a licence have room for 250 users. */
  tidy(): Promise<void>;
  /** Logs the shared people in again, after a rule that ended every session of the server. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

/** What can be known of the server and of the run's user before anything is made. */
async function survey(admin: Client) {
  const me = await admin.users.getUser('me').response();
  const config = await admin.system.getClientConfig();
  return {
    adminUser: me.data,
    isAdmin: me.data.roles.split(' ').includes('system_admin'),
    licensed: me.headers.get('x-version-id')?.endsWith('.true') ?? false,
    config,
    version: (config['Version'] ?? '').split('.').map(Number),
  };
}

/** A new channel with the given members. */
async function createRoom(admin: Client, team: Team, members: readonly Person[]): Promise<Channel> {
  const name = randomName('conf');
  const channel = await admin.channels.createChannel({ team_id: team.id, name, display_name: name, type: 'O' });
  for (const { id } of members) await admin.channels.addChannelMember(channel.id, { user_id: id });
  return channel;
}

export async function createWorld(target: Target): Promise<World> {
  const clients: Client[] = [];
  const proxies: Proxy[] = [];
  const notes: string[] = [];
  const undoes: (() => PromiseLike<unknown>)[] = [];
  let version: readonly number[] = [];
  const since: World['since'] = (major, minor = 0) => {
    const [ours = 0, oursMinor = 0] = version;
    return ours > major || (ours === major && oursMinor >= minor);
  };
  // Version 11.6 is the newest that the schemas were held against.
  const findings = createFindings(() => since(11, 7));
  const validate = validator({ mode: 'lenient', report: findings.note });

  const client: World['client'] = (auth, options = {}) => {
    const made = createClient({ url: target.url, ...(auth && { auth }), heartbeatMs, validate, ...options });
    clients.push(made);
    return made;
  };

  const nobody = client(undefined);
  const admin = client({ loginId: target.loginId, password: target.password });
  const { adminUser, isAdmin, licensed, config, ...facts } = await survey(admin);
  version = facts.version;
  const needs = createNeeds({ target, config, isAdmin, licensed });
  const people = createPeople({ admin, nobody, isAdmin, config, client, need: needs.need });

  const name = randomName('conf');
  const team = await admin.teams.createTeam({ name, display_name: name, type: 'O' });
  undoes.push(() => admin.teams.softDeleteTeam(team.id));
  const channel = await createRoom(admin, team, []);
  const person: World['person'] = async ({ member = false } = {}) => {
    const made = await people.create();
    if (member) {
      await admin.teams.addTeamMember(team.id, { team_id: team.id, user_id: made.id });
      await admin.channels.addChannelMember(channel.id, { user_id: made.id });
    }
    return made;
  };
  const shared = {
    alice: await person({ member: true }),
    bob: await person({ member: true }),
    carol: await person(),
  };

  return {
    ...{ target, admin, adminUser, config, findings, notes, nobody, client, team, channel, person, since },
    ...needs,
    login: people.login,
    accessToken: people.accessToken,
    get alice() {
      return shared.alice;
    },
    get bob() {
      return shared.bob;
    },
    get carol() {
      return shared.carol;
    },
    note: (line) => notes.push(line),
    room: (...members) => createRoom(admin, team, members),
    record: (stream$) => record(stream$, target.patienceMs),
    async revive() {
      for (const who of ['alice', 'bob', 'carol'] as const) shared[who] = await people.again(shared[who]);
    },
    async proxy() {
      const proxy = await createProxy(target.url);
      proxies.push(proxy);
      return proxy;
    },
    tidy: () => people.retire(Object.values(shared).map(({ id }) => id)),
    onClose: (undo) => undoes.unshift(undo),
    async close() {
      for (const undo of undoes) await attempt(undo());
      await people.retire();
      for (const each of clients) each.close();
      for (const proxy of proxies) await proxy.close();
    },
  };
}
