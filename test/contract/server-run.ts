import { VirtualTimeScheduler } from 'rxjs';
import { utf8Bytes, utf8Text } from '../../src/server/base/text.js';
import { areas } from '../../src/server/areas/all.js';
import { createClock } from '../../src/server/base/clock.js';
import { Core } from '../../src/server/core.js';
import { concat } from '../../src/server/files/serve-content.js';
import type { Socket } from '../../src/server/socket/socket.js';
import { defaultPicture } from '../../src/server/files/default-picture.js';
import { createRouter } from '../../src/server/rest/router.js';
import type { Router } from '../../src/server/rest/router.js';
import { createSeeds } from '../../src/server/seeds.js';
import { totpCode } from '../../src/server/auth/totp.js';
import { createWorld } from '../../src/server/world.js';
import type { Exchange, RecordedVersion, SocketLine } from '../fixtures/recordings.js';
import { Names } from './server-names.js';

export interface Frame {
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly seq_reply?: number;
  readonly error?: { readonly id: string };
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Secrets that are masked in the recordings, as the scenario chose them. */
const secrets: Readonly<Record<string, string>> = {
  '<password>': 'Recorder-Pass-1234!',
  '<password2>': 'Another-Pass-5678!',
  '<password3>': 'Third-Pass-9012!',
  '<current_password:1>': 'wrong',
  '<new_password:1>': 'Another-Pass-9!',
  '<password:1>': 'x',
  '<password:2>': 'ab',
  '<code:1>': '000000',
};

const handled = new Set(areas.flatMap(({ handlers = {} }) => Object.keys(handlers)));

/** Logins whose note does not name the new session. */
const sessionsByNote: Readonly<Record<string, string>> = {
  'with the next MFA token': 'iris',
  'a second session': 'jack-2',
  'with a device id': 'jack-mobile',
  'as a browser: cookies': 'jack-web',
};

/** An embedded server in virtual time, to which a recorded scenario is played. */
export class Run {
  readonly names: Names;
  private readonly scheduler = new VirtualTimeScheduler(undefined, Infinity);
  private readonly world: ReturnType<typeof createWorld>;
  private readonly core: Core;
  private readonly seeds: ReturnType<typeof createSeeds>;
  private readonly tokens = new Map<string, string>([['badtoken', 'notavalidtokennotavalidtok']]);
  private readonly etags = new Map<string, string>();
  private readonly mailed = new Map<string, string>();
  private cookies = new Map<string, string>();
  private readonly sockets = new Map<string, { readonly socket: Socket; readonly frames: Frame[] }>();

  private readonly route: Router;

  /** `startAtMs`: the time of the recorded server at its first exchange. */
  constructor(version: RecordedVersion, startAtMs: number, siteUrl: string) {
    const clock = createClock(this.scheduler, startAtMs);
    this.world = createWorld({ version, seed: 1, clock, config: { ServiceSettings: { SiteURL: siteUrl } } });
    this.route = createRouter(version);
    this.core = new Core(this.world, areas);
    this.seeds = createSeeds(this.world);
    this.names = new Names((text) => secrets[text] ?? this.code(text));
  }

  /** Codes that differ in each run. */
  private code(text: string): string | undefined {
    const mails = {
      '<invite_token>': ['invited@example.test', 'team_invitation'],
      '<reset_token>': ['iris@example.test', 'password_recovery'],
      '<verify_token>': ['jack@example.test', 'verify_email'],
    } as const;
    if (text in mails) {
      const [email, kind] = mails[text as keyof typeof mails];
      const code = this.mailed.get(text) ?? this.seeds.mailedCode(email, kind) ?? text;
      this.mailed.set(text, code);
      return code;
    }
    if (text === '<public_link_hash>') return this.world.store.files.all()[0]?.public_hash;
    const { mfa_secret: secret = '' } = this.world.store.userNamed('iris') ?? {};
    const step = Math.floor(this.world.clock.now() / 30_000);
    if (text === '<code:2>') return totpCode(secret, step);
    return text === '<token:4>' ? totpCode(secret, step + 1) : undefined;
  }

  /** Advances the server's clock to a time of the recording. */
  passTo(t: number): void {
    const ms = Math.max(0, t - this.scheduler.frame);
    this.scheduler.maxFrames = this.scheduler.frame + ms;
    this.scheduler.schedule(() => undefined, ms);
    this.scheduler.flush();
  }

  /** Terms of service were put into the recorded database by hand. */
  putTerms(row: { readonly id: string; readonly text: string }): void {
    const [admin] = this.world.store.users.all();
    this.names.set(row.id, this.seeds.createTermsOfService(row.text, admin).id);
  }

  call(exchange: Exchange): Answer {
    const { method, path, query, as, reqBody } = exchange;
    const search = new URLSearchParams(
      Object.entries(this.names.translate(query)).flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
      ),
    ).toString();
    const { body, type } = encode(this.names.translate(reqBody), reqBody);
    const token = exchange.reqHeaders['cookie'] === undefined ? this.tokens.get(as) : undefined;
    const anonymous = ['anonymous', 'first user'].includes(as) || 'access_token' in query;
    const response = this.core.handle({
      method,
      target: this.names.translate(path) + (search && `?${search}`),
      headers: {
        'user-agent': 'recorder',
        'content-type': type,
        ...(token === undefined || anonymous ? {} : { authorization: `Bearer ${token}` }),
        ...this.headers(exchange),
      },
      body,
      address: '127.0.0.1',
      secure: false,
    });
    // The answer to a HEAD has no body on the wire.
    const whole = typeof response.body === 'string' ? response.body : utf8Text(response.body);
    const text = method === 'HEAD' ? '' : whole;
    // 5.37 labels the JSON of an unknown route as text.
    const answer = { status: response.status, body: /^[[{"]/.test(text) ? (JSON.parse(text) as unknown) : null };
    this.remember(exchange, answer, response.headers);
    return answer;
  }

  private headers({ reqHeaders }: Exchange): Record<string, string> {
    const given = Object.entries(reqHeaders).flatMap(([name, value]): [string, string][] => {
      if (name === 'content-type') return [];
      if (name === 'cookie') return [[name, [...this.cookies].map((pair) => pair.join('=')).join('; ')]];
      if (name === 'x-csrf-token') return [[name, this.cookies.get('MMCSRF') ?? '']];
      if (name === 'if-none-match') return [[name, this.etags.get(value) ?? value]];
      return [[name, this.names.translate(value)]];
    });
    return Object.fromEntries(given);
  }

  /** Keeps what later requests need of an answer: ids, tags, tokens and cookies. */
  private remember(
    exchange: Exchange,
    answer: Answer,
    headers: Readonly<Record<string, string | readonly string[]>>,
  ): void {
    this.names.learn(exchange.resBody, answer.body);
    const etag = exchange.resHeaders['etag'];
    if (typeof etag === 'string') this.etags.set(etag, String(headers['ETag']));
    if (exchange.op === 'login' && answer.status === 200) {
      const note = exchange.note ?? '';
      this.tokens.set(sessionsByNote[note] ?? note.replace('login as ', ''), String(headers['Token']));
      const cookies = headers['Set-Cookie'];
      if (Array.isArray(cookies))
        this.cookies = new Map(
          cookies.map((cookie: string): [string, string] => {
            const [, name = '', value = ''] = /^(\w+)=([^;]*)/.exec(cookie) ?? [];
            return [name, value];
          }),
        );
    }
    const recorded = exchange.resBody as { readonly token?: unknown } | null;
    const holder = /^<token:(.+)>$/.exec(String(recorded?.token))?.[1];
    if (holder !== undefined) this.tokens.set(holder, String((answer.body as { token?: unknown } | null)?.token));
  }

  /** Whether a handler answers an exchange, and not a recorded answer. */
  handles({ method, path }: Exchange): boolean {
    const match = this.route(method, path.replace('/api/v4', ''));
    return match === undefined || handled.has(match.id);
  }

  /** Opens a socket as in the recording. */
  open({ conn, auth }: SocketLine): void {
    const frames: Frame[] = [];
    const token = auth === 'none' ? undefined : this.tokens.get(conn.split('#')[0] ?? '');
    const accept = this.core.connect({
      method: 'GET',
      target: '/api/v4/websocket',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body: new Uint8Array(),
      address: '127.0.0.1',
      secure: false,
    });
    if (typeof accept !== 'function') throw new Error(`${conn} was refused: ${accept.status}`);
    const socket = accept({
      writable: true,
      send: (text) => void frames.push(JSON.parse(text) as Frame),
      ping: () => this.sockets.get(conn)?.socket.onPong(),
      close: () => this.sockets.get(conn)?.socket.onClose(),
      terminate: () => this.sockets.get(conn)?.socket.onClose(),
    });
    this.sockets.set(conn, { socket, frames });
    socket.start();
  }

  send(conn: string, frame: unknown): void {
    const token = this.tokens.get(conn.split('#')[0] ?? '');
    const ours = this.names.translate(frame) as { action?: string; data?: { token?: string } };
    // The token of a challenge is masked in the recordings.
    const full = ours.action === 'authentication_challenge' ? { ...ours, data: { token } } : ours;
    const text = JSON.stringify(full);
    this.sockets.get(conn)?.socket.onMessage(text, utf8Bytes(text).length, false);
  }

  framesOf = (conn: string): readonly Frame[] => this.sockets.get(conn)?.frames ?? [];
}

interface FormPart {
  readonly name: string;
  readonly value?: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly bytes?: number;
}

/** A body that the recordings describe by its length, or by the parts of its form. */
type Described = Partial<Record<'bytes', number>> & {
  readonly parts?: readonly FormPart[];
  readonly contentType?: string;
};

/** Bytes of the described length: a picture if they may have been one. */
function bytesLike({ name = '', filename, contentType = '', bytes = 0 }: Partial<FormPart>): Uint8Array {
  if (contentType.includes('svg')) return utf8Bytes('<svg/>');
  const whole = new Uint8Array(bytes).fill(65);
  const mayBePicture = filename?.endsWith('.png') ?? /image|octet/.test(contentType);
  // Shorter ones were no pictures.
  const picture = mayBePicture && bytes > 100 ? defaultPicture(name) : new Uint8Array();
  whole.set(picture.subarray(0, bytes));
  return whole;
}

/** Makes the bytes of a body. The recordings only describe files. */
function encode(body: unknown, recorded: unknown): { body: Uint8Array; type: string } {
  const json = { type: 'application/json' };
  if (recorded === null || recorded === undefined) return { body: new Uint8Array(), ...json };
  if (typeof body === 'string') return { body: utf8Bytes(body), ...json };
  const { parts, bytes, contentType } = body as Described;
  if (!parts && bytes !== undefined && contentType !== undefined)
    return { body: bytesLike({ bytes, contentType }), type: contentType };
  if (!parts) return { body: utf8Bytes(JSON.stringify(body)), ...json };
  const chunks = parts.flatMap((part) => {
    const file = part.filename ? `; filename="${part.filename}"` : '';
    const head = `--part\r\nContent-Disposition: form-data; name="${part.name}"${file}\r\n\r\n`;
    return [utf8Bytes(head), part.value === undefined ? bytesLike(part) : utf8Bytes(part.value), utf8Bytes('\r\n')];
  });
  return { body: concat([...chunks, utf8Bytes('--part--\r\n')]), type: 'multipart/form-data; boundary=part' };
}
