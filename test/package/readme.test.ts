import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/build-state.mjs';
import { createConsumer, type Consumer } from '../../scripts/lib/consumer.mjs';

let consumer: Consumer;
beforeAll(async () => {
  consumer = await createConsumer(['@types/node', 'undici-types']);
});
afterAll(() => consumer.dispose());

/** Names that the examples use without declaring them. */
const givens = `
  import type { AuthOptions, Client } from 'matterstream';
  declare global {
    const client: Client;
    const auth: AuthOptions;
    const take: typeof import('rxjs').take;
    const url: string;
    const token: string;
    const channelId: string;
    const channel_id: string;
    const in_team: string;
    const message: string;
    const id: string;
    const file: Blob;
    const bigFile: Blob;
    function render(value: unknown): void;
    function show(value: unknown): void;
    function log(value: unknown): void;
    function save(bytes: Uint8Array): Promise<void>;
  }`;

describe('the README', () => {
  it('has examples that compile', async () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
    expect(blocks.length).toBeGreaterThan(3);
    const files = blocks.map((_, index) => `example-${index}.mts`);
    for (const [index, code] of blocks.entries()) await consumer.write(files[index]!, `${code}\nexport {};\n`);
    await consumer.write('givens.d.mts', givens);
    const compilerOptions = {
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      target: 'es2022',
      module: 'nodenext',
      types: ['node'],
    };
    const project = await consumer.write(
      'examples.json',
      JSON.stringify({ compilerOptions, files: ['givens.d.mts', ...files] }),
    );
    expect(await consumer.node(join(root, 'node_modules/typescript/bin/tsc'), '--project', project)).toEqual({
      status: 0,
      output: '',
    });
  });
});
