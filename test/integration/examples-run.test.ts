import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClient } from 'matterstream';
import { createTestServer } from 'matterstream/testing';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** An example in a process of its own, on the sources: it has to end by itself, with nothing left that keeps it alive. */
function start(script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const onSources = ['--conditions=matterstream-source', '--import', 'tsx'];
  const child = spawn(process.execPath, [...onSources, `examples/${script}`, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  return {
    child,
    ended,
    output: () => out,
    /** Resolves once the output matches; rejects when the process ends before. */
    shows: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const check = (): void => {
          if (pattern.test(out)) resolve();
        };
        child.stdout.on('data', check);
        child.once('close', () => reject(new Error(`ended without ${String(pattern)}: ${out}${err}`)));
        check();
      }),
  };
}

describe('live view', () => {
  it('shows people at work on an embedded server, a cut, an ended session, and sums up that nothing was lost', async () => {
    const { code, out, err } = await start('live/main.ts', ['--duration', '8']).ended;
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/event +posted #\S+ @(alice|bob|carol|dave) \S/);
    expect(out).toMatch(/typing +#\S+ @\w+ is typing/);
    expect(out).toMatch(/session +revoked|session +\S+ @carol/);
    const [, written = '', lost = ''] = /posts +(\d+) written, \d+ seen, (\d+) lost/.exec(out) ?? [];
    expect(Number(written)).toBeGreaterThan(0);
    expect(lost).toBe('0');
    expect(out).toMatch(/connection +lost 2 times, resumed without loss 2 times, ready again after \d+ ms/);
    expect(out).toMatch(/sessions +1 ended, 1 of them recovered/);
  });

  it('only watches a real server, until a signal, and then sums up', async () => {
    const server = await createTestServer();
    try {
      const { token } = server.createUser({ username: 'alice' });
      const run = start('live/main.ts', ['--url', server.url], { MATTERMOST_TOKEN: token });
      await run.shows(/connection +ready/);
      run.child.kill('SIGINT');
      const { code, out, err } = await run.ended;
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/connection +never lost/);
      expect(out + err).not.toContain(token);
    } finally {
      await server.close();
    }
  });

  it('logs in with a name and the password of the environment', async () => {
    const server = await createTestServer();
    try {
      const { username, password } = server.createUser({ username: 'alice' });
      const args = ['--url', server.url, '--login-id', username, '--duration', '1'];
      const { code, out, err } = await start('live/main.ts', args, { MATTERMOST_PASSWORD: password }).ended;
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toContain(password);
    } finally {
      await server.close();
    }
  });

  it('says what is wrong with rejected credentials, without quoting them, and exits with 1', async () => {
    const server = await createTestServer();
    try {
      const token = 'wrongwrongwrongwrongwrong1';
      const byToken = await start('live/main.ts', ['--url', server.url, '--token', token]).ended;
      expect(byToken.code).toBe(1);
      expect(byToken.err).toMatch(/401/);
      const { username } = server.createUser({ username: 'alice' });
      const byName = await start('live/main.ts', ['--url', server.url, '--login-id', username], {
        MATTERMOST_PASSWORD: 'not-hers-1',
      }).ended;
      expect(byName.code).toBe(1);
      expect(byName.err).toMatch(/login was refused/);
      expect(byToken.err + byName.err).not.toMatch(/wrongwrong|not-hers| at .*:\d+/);
    } finally {
      await server.close();
    }
  });

  it('ends with the summary and the reason, and exits with 1, when the server stops accepting the token', async () => {
    const server = await createTestServer();
    const admin = createClient({
      url: server.url,
      auth: { token: server.createUser({ username: 'root', admin: true }).token },
    });
    try {
      const { id, token } = server.createUser({ username: 'alice' });
      const run = start('live/main.ts', ['--url', server.url, '--token', token]);
      await run.shows(/connection +ready/);
      await admin.users.revokeAllSessions(id);
      server.faults.drop();
      const { code, out, err } = await run.ended;
      expect(code).toBe(1);
      expect(out).toMatch(/session +revoked you/);
      expect(out).toMatch(/sessions +1 ended, 0 of them recovered/);
      expect(err).toMatch(/refused the token/);
      expect(out + err).not.toContain(token);
    } finally {
      admin.close();
      await server.close();
    }
  });

  it('says what is wrong with the command line, and exits with 2', async () => {
    const { code, out, err } = await start('live/main.ts', ['--duration', 'soon']).ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('--duration soon: must be a number of seconds above 0.\n');
  });
});

describe('bot', () => {
  it('answers in threads, shows that it is typing meanwhile, and stops when it has answered all', async () => {
    const { code, out, err } = await start('bot/main.ts').ended;
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/helper ↳ I know these: help, /);
    expect(out).toMatch(/helper ↳ \d+ \+ \d+ = \d+/);
    expect(out).toMatch(/helper ↳ \d+ people are in this channel/);
    expect(out).toMatch(/remind 2.*\n.*is typing\n.*You asked me to remind you: the tea is ready/);
    expect(out).toMatch(/I do not know "dance"/);
    expect(out.trimEnd().endsWith('the bot has stopped')).toBe(true);
  });
});

describe('browser page', () => {
  it('is served until a signal', async () => {
    const run = start('browser/serve.ts');
    await run.shows(/Ctrl-C ends/);
    const [url = ''] = /http:\/\/alice\S+/.exec(run.output()) ?? [];
    const page = await fetch(url.replace('alice.localhost', '127.0.0.1'));
    expect(await page.text()).toContain('<title>matterstream in a page</title>');
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 0, err: '' });
  });
});
