import { randomBytes } from 'node:crypto';
import type { Client } from '../../../src/index.js';
import type { Session } from '../../../src/models/generated/entities.js';
import { attempt } from './attempt.js';
import { randomName } from './names.js';
import type { Needs } from './needs.js';

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

/** A new session of a user: its token, the session and a client. */
export interface Login {
  readonly token: string;
  readonly session: Session;
  readonly client: Client;
}

/** What users are made with. */
interface Makers {
  readonly admin: Client;
  /** A client without any credential. */
  readonly nobody: Client;
  /** Whether `admin` is a system admin. */
  readonly isAdmin: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly need: Needs['need'];
  /** A client with the token, closed at the end of the run. */
  readonly client: (auth: { readonly token: string }) => Client;
}

/** Makes sessions and access tokens of users. */
function createLogins({ nobody, admin, client }: Makers) {
  const tokenOf = async (user: Pick<Person, 'username' | 'password'>): Promise<string> => {
    const answer = await nobody.users.login({ login_id: user.username, password: user.password }).response();
    const token = answer.headers.get('token');
    if (!token) throw new Error('login: the answer had no Token header');
    return token;
  };
  return {
    tokenOf,
    async login(person: Person): Promise<Login> {
      const before = new Set((await person.client.users.getSessions(person.id)).map(({ id }) => id));
      const token = await tokenOf(person);
      const session = (await person.client.users.getSessions(person.id)).find(({ id }) => !before.has(id));
      if (!session) throw new Error('getSessions: a new login is not among the sessions');
      return { token, session, client: client({ token }) };
    },
    async accessToken({
      id: userId,
    }: {
      readonly id: string;
    }): Promise<{ readonly id: string; readonly token: string }> {
      const { id, token } = await admin.users.createUserAccessToken(userId, { description: randomName('suite ') });
      if (!token) throw new Error('createUserAccessToken: the answer had no token');
      return { id, token };
    },
  };
}

/** Makes users, and deactivates them in the end. */
export function createPeople(makers: Makers) {
  const { admin, nobody, isAdmin, config, need, client } = makers;
  const { tokenOf, login, accessToken } = createLogins(makers);
  const people: Person[] = [];
  return {
    login,
    accessToken,
    async create(): Promise<Person> {
      const username = randomName('conf');
      const password = `Conf-Pass-1!${randomBytes(4).toString('hex')}`;
      const email = `${username}@example.test`;
      need(isAdmin || config['EnableOpenServer'] === 'true', 'no admin, and sign-up is disabled');
      const user = await (isAdmin ? admin : nobody).users.createUser({ username, email, password });
      if (isAdmin && config['RequireEmailVerification'] === 'true')
        await admin.users.verifyUserEmailWithoutToken(user.id);
      const token = await tokenOf({ username, password });
      const made: Person = { id: user.id, username, email, password, token, client: client({ token }) };
      people.push(made);
      return made;
    },
    /** The same user with a new session. */
    async again(person: Person): Promise<Person> {
      const token = await tokenOf(person);
      return { ...person, token, client: client({ token }) };
    },
    /** Deactivates all users but those with these ids. */
    async retire(keep: readonly string[] = []): Promise<void> {
      const some = people.filter(({ id }) => !keep.includes(id));
      for (const each of some) people.splice(people.indexOf(each), 1);
      await Promise.all(some.map(({ id, client: own }) => attempt((isAdmin ? admin : own).users.deleteUser(id))));
      for (const each of some) each.client.close();
    },
  };
}
