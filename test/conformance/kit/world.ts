import { randomBytes } from 'node:crypto';
import type { OperationName } from '../../../src/api/generated/all-groups.js';
import { createClient, type Client, type ClientOptions } from '../../../src/index.js';
import type { Channel, Session, Team, User } from '../../../src/models/generated/entities.js';
import { validator } from '../../../src/validate/index.js';
import { attempt } from './attempt.js';
import { createFindings, type Findings } from './findings.js';
import { createProxy, type Proxy } from './proxy.js';
import { record, type Tape } from './tape.js';
import type { Target } from './target.js';
import type { Observable } from 'rxjs';

/** Says that this server cannot show a rule, and why. The test is skipped with that reason. */
export class Unavailable extends Error {}

/** A user that the suite made. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** Token and client of a login of its own. */
  readonly token: string;
  readonly client: Client;
}

/** Heartbeat of the suite's clients, in milliseconds: short, so that a dead session shows soon. */
export const heartbeatMs = 1_000;

/** Everything that the rules share on one server. Made once per run; what it made is removed at the end. */
export interface World {
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
  /** Skips the test unless the condition holds. */
  need(condition: boolean, reason: string): void;
  /** Skips the test where the server does not carry out an operation, though its version has it. */
  needs(operation: OperationName): void;
  /** Skips the test unless the run's user is a system admin. */
  needAdmin(): void;
  /** Skips the test if the server has a licence, so that a refusal for want of one cannot be seen. */
  needUnlicensed(): void;
  /** Skips the test unless personal access tokens are enabled and the run's user may hand them out. */
  needTokens(): void;
  /** A client that is closed at the end of the run. */
  client(auth: ClientOptions['auth'] | undefined, options?: Partial<ClientOptions>): Client;
  /** A client without any credential, for what needs none. */
  readonly nobody: Client;
  /** A new user with a session; `member` of the shared team and channel when asked. */
  person(options?: { readonly member?: boolean }): Promise<Person>;
  /** One more session of a user: its token, its id and a client. */
  login(person: Person): Promise<{ readonly token: string; readonly session: Session; readonly client: Client }>;
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

export function randomName(prefix: string): string {
  return `${prefix}${randomBytes(6).toString('hex')}`;
}

/** Twenty-six letters that no server knows as an id. */
export function unknownId(): string {
  return `z${randomBytes(13).toString('hex').slice(0, 25)}`;
}

interface Facts {
  readonly target: Target;
  readonly config: World['config'];
  readonly isAdmin: boolean;
  readonly licensed: boolean;
}

type Needs = Pick<World, 'need' | 'needs' | 'needAdmin' | 'needUnlicensed' | 'needTokens'>;

function createNeeds({ target, config, isAdmin, licensed }: Facts): Needs {
  const need: World['need'] = (condition, reason) => {
    if (!condition) throw new Unavailable(reason);
  };
  const needAdmin = (): void => need(isAdmin, `${target.loginId} is not a system admin`);
  return {
    need,
    needAdmin,
    needs: (operation) => need(!target.idle.includes(operation), `${target.name} does not carry out ${operation}`),
    needUnlicensed: () => need(!licensed, 'the server has a licence'),
    needTokens: () => {
      needAdmin();
      need(config['EnableUserAccessTokens'] === 'true', 'personal access tokens are disabled');
    },
  };
}

/** Makes sessions and access tokens of users. */
function createLogins(nobody: Client, admin: Client, client: World['client']) {
  const tokenOf = async (user: Pick<Person, 'username' | 'password'>): Promise<string> => {
    const answer = await nobody.users.login({ login_id: user.username, password: user.password }).response();
    const token = answer.headers.get('token');
    if (!token) throw new Error('login: the answer had no Token header');
    return token;
  };
  const login: World['login'] = async (someone) => {
    const before = new Set((await someone.client.users.getSessions(someone.id)).map(({ id }) => id));
    const token = await tokenOf(someone);
    const session = (await someone.client.users.getSessions(someone.id)).find(({ id }) => !before.has(id));
    if (!session) throw new Error('getSessions: a new login is not among the sessions');
    return { token, session, client: client({ token }) };
  };
  const accessToken: World['accessToken'] = async ({ id: userId }) => {
    const { id, token } = await admin.users.createUserAccessToken(userId, { description: randomName('suite ') });
    if (!token) throw new Error('createUserAccessToken: the answer had no token');
    return { id, token };
  };
  return { tokenOf, login, accessToken };
}

export async function createWorld(target: Target): Promise<World> {
  const clients: Client[] = [];
  const proxies: Proxy[] = [];
  const people: Person[] = [];
  const notes: string[] = [];
  const undoes: (() => PromiseLike<unknown>)[] = [];
  // Version 11.6 is the newest that the schemas were held against.
  const findings = createFindings(() => world.since(11, 7));
  const validate = validator({ mode: 'lenient', report: findings.note });

  const client: World['client'] = (auth, options = {}) => {
    const made = createClient({ url: target.url, ...(auth && { auth }), heartbeatMs, validate, ...options });
    clients.push(made);
    return made;
  };

  const nobody = client(undefined);
  const admin = client({ loginId: target.loginId, password: target.password });
  const me = await admin.users.getUser('me').response();
  const adminUser = me.data;
  const isAdmin = adminUser.roles.split(' ').includes('system_admin');
  const config = await admin.system.getClientConfig();
  const [major = 0, minor = 0] = (config['Version'] ?? '').split('.').map(Number);

  const licensed = me.headers.get('x-version-id')?.endsWith('.true') ?? false;
  const needs = createNeeds({ target, config, isAdmin, licensed });
  const logins = createLogins(nobody, admin, client);

  const person: World['person'] = async ({ member = false } = {}) => {
    const username = randomName('conf');
    const password = `Conf-Pass-1!${randomBytes(4).toString('hex')}`;
    const email = `${username}@example.test`;
    needs.need(isAdmin || config['EnableOpenServer'] === 'true', 'no admin, and sign-up is disabled');
    const user = await (isAdmin ? admin : nobody).users.createUser({ username, email, password });
    if (isAdmin && config['RequireEmailVerification'] === 'true')
      await admin.users.verifyUserEmailWithoutToken(user.id);
    const token = await logins.tokenOf({ username, password });
    const made: Person = { id: user.id, username, email, password, token, client: client({ token }) };
    people.push(made);
    if (member) {
      await admin.teams.addTeamMember(world.team.id, { team_id: world.team.id, user_id: user.id });
      await admin.channels.addChannelMember(world.channel.id, { user_id: user.id });
    }
    return made;
  };

  const retire = async (some: readonly Person[]): Promise<void> => {
    for (const each of some) people.splice(people.indexOf(each), 1);
    await Promise.all(some.map(({ id, client: own }) => attempt((isAdmin ? admin : own).users.deleteUser(id))));
    for (const each of some) each.client.close();
  };

  const room: World['room'] = async (...members) => {
    const name = randomName('conf');
    const channel = await admin.channels.createChannel({
      team_id: world.team.id,
      name,
      display_name: name,
      type: 'O',
    });
    for (const { id } of members) await admin.channels.addChannelMember(channel.id, { user_id: id });
    return channel;
  };

  const world = {
    target,
    admin,
    adminUser,
    config,
    findings,
    notes,
    note: (line: string) => notes.push(line),
    nobody,
    client,
    person,
    room,
    ...needs,
    login: logins.login,
    accessToken: logins.accessToken,
    since: (wanted: number, wantedMinor = 0) => major > wanted || (major === wanted && minor >= wantedMinor),
    record: <T>(stream$: Observable<T>) => record(stream$, target.patienceMs),
    async revive() {
      for (const name of ['alice', 'bob', 'carol'] as const) {
        const { username, password } = world[name];
        const token = await logins.tokenOf({ username, password });
        world[name] = { ...world[name], token, client: client({ token }) };
      }
    },
    async proxy() {
      const proxy = await createProxy(target.url);
      proxies.push(proxy);
      return proxy;
    },
    async tidy() {
      const shared: readonly string[] = [world.alice.id, world.bob.id, world.carol.id];
      await retire(people.filter(({ id }) => !shared.includes(id)));
    },
    onClose: (undo: () => PromiseLike<unknown>) => undoes.unshift(undo),
    async close() {
      for (const undo of undoes) await attempt(undo());
      await retire([...people]);
      for (const each of clients) each.close();
      for (const proxy of proxies) await proxy.close();
    },
  } as unknown as { -readonly [K in keyof World]: World[K] };

  const name = randomName('conf');
  world.team = await admin.teams.createTeam({ name, display_name: name, type: 'O' });
  world.onClose(() => admin.teams.softDeleteTeam(world.team.id));
  world.channel = await room();
  world.alice = await person({ member: true });
  world.bob = await person({ member: true });
  world.carol = await person();
  return world;
}
