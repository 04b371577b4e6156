import { describe, expect, it } from 'vitest';
import { pascal } from '../../scripts/generate/method.js';
import { recordedVersions } from '../fixtures/recordings.js';
import { compile } from './compile.js';
import { answersBytes, recordedCalls, type RecordedCall } from './recorded-calls.js';
import { groups, replay } from './recorded-rest.js';

/** Name of a group's object in the source. */
const variable = (group: string): string => group.replaceAll('-', '_');

const head = [
  ...Object.keys(groups).map(
    (group) => `import type { ${pascal(group)}Api } from '../../src/api/generated/${group}.js';`,
  ),
  ...Object.keys(groups).map((group) => `declare const ${variable(group)}: ${pascal(group)}Api;`),
  'declare const anyBlob: Blob; declare const anyForm: FormData;',
];

/** A literal of a value, for the compiler to check strictly. */
function literal(value: unknown): string {
  if (value instanceof Blob) return 'anyBlob';
  if (value instanceof FormData) return 'anyForm';
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

/** Operations that replace a whole entity, of which callers give back more than the server reads. */
const takesWhole = ({ method }: RecordedCall['operation']): boolean => method === 'PUT';

/** A call and its recorded answer, each as source text. */
async function source(call: RecordedCall, name: string): Promise<string> {
  const { operation, args } = call;
  const { value } = await replay(call);
  if (value instanceof Error) throw value;
  const texts = args.map((arg) =>
    takesWhole(operation) && typeof arg === 'object' && !Array.isArray(arg) ? `{ ...${literal(arg)} }` : literal(arg),
  );
  const answer = answersBytes(operation) ? 'anyBlob' : literal(value);
  const made = `${variable(operation.group)}.${operation.operationId}(${texts.join(', ')})`;
  return `export async function ${name}() { const call = ${made}; const value: Awaited<typeof call> = ${answer}; return value; }`;
}

describe('types', () => {
  it.each(recordedVersions)(
    'hold for every success recorded on %s: the method takes the request; the answer has no member too many, too few or of another type',
    async (version) => {
      const calls = recordedCalls(version).filter(({ exchange: { status } }) => status >= 200 && status < 300);
      expect(calls.length).toBe({ '11.6': 809, '5.37': 759 }[version]);
      const lines = await Promise.all(calls.map((call, index) => source(call, `call${index}`)));
      expect(compile([...head, ...lines])).toEqual([]);
    },
    120_000,
  );

  it('are checked by a compiler that finds a member too many, one too few, and one of another type', () => {
    const answers = [
      `{ user_id: 'a', category: 'b', name: 'c', value: 'd' }`,
      `{ user_id: 'a', category: 'b', name: 'c', value: 'd', more: 1 }`,
      `{ user_id: 'a', category: 'b', name: 'c' }`,
      `{ user_id: 'a', category: 'b', name: 'c', value: 4 }`,
    ];
    const call = `const call = preferences.getPreferences('me');`;
    const lines = answers.map((answer, index) => `export const value${index}: Awaited<typeof call> = [${answer}];`);
    const problems = compile([...head, call, ...lines]);
    expect(problems.map((problem) => /^export const value(\d)/.exec(problem)?.[1])).toEqual(['1', '2', '3']);
  }, 60_000);
});
