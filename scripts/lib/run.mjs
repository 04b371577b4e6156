import { spawn } from 'node:child_process';

/**
 * Runs a program to its end; a failure is an outcome, not an exception. A program that outlives its time is killed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, timeoutMs?: number, echo?: boolean }} [options] `echo` shows the
 *   output while it comes
 * @returns {Promise<{ status: number, output: string }>}
 */
export function run(command, args, { cwd, env, timeoutMs = 120_000, echo = false } = {}) {
  return new Promise((resolve) => {
    // A group of its own, so that the children of the program end with it.
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    let output = '';
    const take = (chunk) => {
      output += chunk;
      if (echo) process.stdout.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const timer = setTimeout(() => {
      take(`\nkilled: still running after ${timeoutMs / 1000} s\n`);
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    }, timeoutMs);
    const end = (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    };
    child.on('error', (error) => {
      take(error.message);
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}
