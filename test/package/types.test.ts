import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/build-state.mjs';
import { createConsumer, entries, type Consumer } from '../../scripts/lib/consumer.mjs';

let consumer: Consumer;
beforeAll(async () => {
  consumer = await createConsumer(['@types/node', 'undici-types']);
  for (const name of ['esm.mts', 'cjs.cts']) await consumer.write(name, program);
});
afterAll(() => consumer.dispose());

/** What a user writes first, and one use of every entry. */
const program = `
  import { createClient, isApiError } from 'matterstream';
  ${entries.map((entry, index) => `import * as entry${index} from '${entry}';`).join('\n')}
  const client = createClient({ url: 'https://chat.example.com', auth: { token: 'secret' } });
  client.users.getUser('me').subscribe((me) => {
    const name: string = me.username;
    void name;
  });
  client.events.on('posted', { channelId: 'channel' }).subscribe(({ data }) => {
    const message: string = data.post.message;
    void message;
  });
  export const all = [${entries.map((_, index) => `entry${index}`).join(', ')}, isApiError];
`;

const compilers = [
  { name: 'node16 on Node', module: 'node16', lib: ['es2022'], types: ['node'] },
  { name: 'nodenext on Node', module: 'nodenext', lib: ['es2022'], types: ['node'] },
  { name: 'node16 with DOM', module: 'node16', lib: ['es2022', 'dom'], types: [] },
  { name: 'a bundler with DOM', module: 'esnext', lib: ['es2022', 'dom'], types: [] },
];

describe('types of the packed package', () => {
  it.each(compilers)('compile strictly under $name', async ({ name, module, lib, types }) => {
    const bundler = module === 'esnext';
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      target: 'es2022',
      module,
      moduleResolution: bundler ? 'bundler' : module,
      lib,
      types,
    };
    const files = bundler ? ['esm.mts'] : ['esm.mts', 'cjs.cts'];
    const project = await consumer.write(
      `${name.replaceAll(' ', '-')}.json`,
      JSON.stringify({ compilerOptions, files }),
    );
    expect(await consumer.node(join(root, 'node_modules/typescript/bin/tsc'), '--project', project)).toEqual({
      status: 0,
      output: '',
    });
  });
});
