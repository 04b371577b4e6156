import { describe, expect, it } from 'vitest';
import { bodyMembers, fixedParameters } from '../../scripts/generate/operation-data.js';
import { usersOperations } from '../conformance/operations/names.js';
import { recordedVersions } from '../fixtures/recordings.js';
import { recordedCalls, type RecordedCall } from './recorded-calls.js';
import { replay, type SentRequest } from './recorded-rest.js';

/** The request as it was recorded; documented but wrong names in it as the server reads them. */
function recordedRequest({ operation, exchange }: RecordedCall): SentRequest {
  const fixed = fixedParameters(operation).map(({ name, schema }) => [name, schema.const]);
  const booleans = new Set(
    (operation.parameters ?? []).flatMap(({ name, schema }) => (schema.type === 'boolean' ? [name] : [])),
  );
  const query = { ...exchange.query, ...(Object.fromEntries(fixed) as object) };
  return {
    method: exchange.method,
    path: decodeURIComponent(exchange.path),
    query: Object.fromEntries(
      Object.entries(query).map(([name, value]) => [
        name,
        booleans.has(name) && String(value) === '1' ? 'true' : String(value),
      ]),
    ),
    body: recordedBody(operation, exchange.reqBody),
  };
}

function recordedBody(operation: RecordedCall['operation'], body: unknown): unknown {
  const { requestBody } = operation;
  if (!requestBody || !isObject(body)) return undefined;
  const { parts, bytes } = body as { readonly parts?: readonly { readonly name: string }[]; readonly bytes?: number };
  if (parts && requestBody.content['multipart/form-data']) return parts.map(({ name }) => name);
  if (requestBody.content['application/octet-stream']) return { bytes };
  if (Array.isArray(body)) return body;
  const readAs = new Map(bodyMembers(operation).map(([name, { 'x-sent-as': sentAs }]) => [name, sentAs ?? name]));
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [readAs.get(name) ?? name, value]));
}

/** What a method sends for a recorded call, without the key that it makes up itself. */
async function sentRequest(call: RecordedCall): Promise<SentRequest> {
  const { sent } = await replay(call);
  const made = call.operation['x-dedupe'];
  if (!made || made in (call.exchange.reqBody as object)) return sent;
  expect(sent.body).toHaveProperty(made, expect.stringMatching(/.{16,}/));
  return { ...sent, body: Object.fromEntries(Object.entries(sent.body as object).filter(([name]) => name !== made)) };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

describe.each(recordedVersions)('requests that succeeded on %s', (version) => {
  const calls = recordedCalls(version).filter(({ exchange: { status } }) => status >= 200 && status < 300);
  const ids = [...new Set(calls.map(({ operation }) => operation.operationId))];

  it('are of as many operations as were counted', () => {
    expect(ids.length).toBe({ '11.6': 357, '5.37': 316 }[version]);
  });

  it.each(ids)('%s sends method, path, query and body as recorded', async (id) => {
    for (const call of calls) {
      if (call.operation.operationId === id) expect(await sentRequest(call)).toEqual(recordedRequest(call));
    }
  });
});

describe('the 62 users operations', () => {
  const calls = recordedVersions.flatMap((version) => recordedCalls(version));
  const aliases: Readonly<Record<string, string>> = { attachDeviceId: 'attachDeviceExtraProps' };

  it.each(usersOperations)('%s sends what was recorded for it', async (name) => {
    const own = calls.filter(({ operation }) => operation.operationId === (aliases[name] ?? name));
    const sendable = own.filter(({ exchange, operation }) => !operation.requestBody || isObject(exchange.reqBody));
    expect(sendable.length).toBeGreaterThan(0);
    for (const call of sendable) {
      const { sent } = await replay({ ...call, operation: { ...call.operation, operationId: name } });
      const recorded = recordedRequest(call);
      // A recorded form with another field than the handler wants is refused, and no method can make it.
      if (call.operation.requestBody?.content['multipart/form-data'])
        expect(sent).toEqual({ ...recorded, body: ['image'] });
      else expect(sent).toEqual(recorded);
    }
  });
});
