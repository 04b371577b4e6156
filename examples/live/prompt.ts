import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { ExitError } from './exit-error.js';

/** Asks for one line on the terminal without showing what is typed. Ctrl-C and Ctrl-D cancel. */
export async function askSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw new ExitError(`${question}? There is no terminal to ask on: see --help.`, 1);
  process.stderr.write(`${question}: `);
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: muted, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = (): void => reject(new ExitError('Cancelled.', 1));
      lines.once('line', resolve).once('SIGINT', cancel).once('close', cancel);
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
