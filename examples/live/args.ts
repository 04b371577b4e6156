import { parseArgs } from 'node:util';
import { ExitError } from './exit-error.js';

/** What the person at the terminal asked for. */
export interface LiveOptions {
  /** A real server to watch; without it an embedded one is started. */
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly loginId?: string | undefined;
  readonly mfaToken?: string | undefined;
  /** Name of the only team to show. */
  readonly team?: string | undefined;
  /** `Infinity`: until Ctrl-C. */
  readonly durationMs: number;
  readonly plain: boolean;
}

export const usage = `Watch a Mattermost live: events, who is typing, sessions, the connection.

  npm start                                  an embedded server with a few simulated people
  npm start -- --url URL --login-id NAME     a real server, as you see it; asks for the password
  npm start -- --url URL                     the same with the token in MATTERMOST_TOKEN

  --url URL            base URL of a server, such as https://chat.example.com (a sub-path is kept)
  --login-id NAME      user name or e-mail; the password comes from the terminal or MATTERMOST_PASSWORD
  --token TOKEN        personal access, bot or session token; MATTERMOST_TOKEN keeps it out of sight of others
  --mfa-token CODE     code of the authenticator app; asked for when the server wants one
  --team NAME          show this team alone
  --duration SECONDS   stop by itself (embedded: 25 unless said otherwise; real server: never)
  --plain              one line per event, as without a terminal
  --help               this text

A real server is only read: nothing is posted, and nobody sees you typing.
`;

const embeddedDurationMs = 25_000;

/** Reads the command line. `'help'` when that is what was asked for. */
export function parseLiveArgs(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): LiveOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const { url } = values;
  const loginId = values['login-id'];
  const token = values.token ?? (url && !loginId ? env['MATTERMOST_TOKEN'] : undefined);

  if (url === undefined) {
    const alone = (['login-id', 'token', 'mfa-token', 'team'] as const).find((name) => values[name] !== undefined);
    if (alone) throw new ExitError(`--${alone} is for a real server: say which with --url.`, 2);
  } else {
    if (!URL.canParse(url) || !/^https?:/.test(url)) throw new ExitError(`--url ${url}: must be an http(s) URL.`, 2);
    if (new URL(url).password) throw new ExitError('--url: leave the password out of the URL.', 2);
    if (values.token !== undefined && loginId !== undefined) throw new ExitError('--token or --login-id, not both.', 2);
    if (!token && !loginId) throw new ExitError('--url needs --login-id, --token or MATTERMOST_TOKEN.', 2);
  }
  if (values['mfa-token'] !== undefined && !loginId) throw new ExitError('--mfa-token goes with --login-id.', 2);

  return {
    url,
    token,
    loginId,
    mfaToken: values['mfa-token'],
    team: values.team,
    durationMs: duration(values.duration) ?? (url === undefined ? embeddedDurationMs : Infinity),
    plain: values.plain,
  };
}

function parse(argv: readonly string[]) {
  const secret = argv.find((argument) => /^--password(=|$)/.test(argument));
  if (secret) throw new ExitError('A password never goes on the command line: type it, or set MATTERMOST_PASSWORD.', 2);
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        url: { type: 'string' },
        token: { type: 'string' },
        'login-id': { type: 'string' },
        'mfa-token': { type: 'string' },
        team: { type: 'string' },
        duration: { type: 'string' },
        plain: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    if (error instanceof TypeError) throw new ExitError(error.message.split('. ', 1)[0] ?? error.message, 2);
    throw error;
  }
}

function duration(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const value = Number(seconds);
  if (seconds.trim() === '' || !(value > 0) || value > 2_000_000) {
    throw new ExitError(`--duration ${seconds}: must be a number of seconds above 0.`, 2);
  }
  return value * 1000;
}
