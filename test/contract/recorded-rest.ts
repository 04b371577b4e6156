import { groups as classes } from '../../src/api/generated/all-groups.js';
import type { Rest } from '../../src/api/group-rest.js';
import { createRest } from '../../src/api/rest.js';
import type { RestOptions } from '../../src/api/rest-options.js';
import { answersBytes, type RecordedCall } from './recorded-calls.js';

const site = 'https://chat.example.test/team';

/** The group classes, by the name of their group. */
export const groups: Readonly<Record<string, new (rest: Rest) => object>> = Object.fromEntries(
  Object.entries(classes).map(([name, Group]) => [
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    Group,
  ]),
);

export interface SentRequest {
  readonly method: string;
  /** Below the site. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON, or names of the parts of a form. */
  readonly body: unknown;
}

/** Makes a call through the real pipeline, answers it as recorded, and gives the sent request and the result. */
export async function replay(
  { operation, args, exchange }: RecordedCall,
  options: Partial<RestOptions> = {},
): Promise<{ sent: SentRequest; value: unknown }> {
  let sent: SentRequest | undefined;
  const rest = createRest({
    url: site,
    retry: false,
    ...options,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      sent = {
        method: request.method,
        path: decodeURIComponent(url.pathname.slice(new URL(site).pathname.length)),
        query: Object.fromEntries(url.searchParams),
        body: await bodyOf(request),
      };
      return answer(operation, exchange);
    },
  });
  const Group = groups[operation.group];
  if (!Group) throw new Error(`no class for ${operation.group}`);
  const group = new Group(rest) as Record<string, (...args: readonly unknown[]) => PromiseLike<unknown>>;
  const method = group[operation.operationId];
  if (!method) throw new Error(`no method ${operation.operationId}`);
  const value = await method.apply(group, [...args]).then(
    (result) => result,
    (error: unknown) => error,
  );
  rest.close();
  if (!sent) throw value;
  return { sent, value };
}

function answer(operation: RecordedCall['operation'], { status, resBody }: RecordedCall['exchange']): Response {
  if (status === 204 || status === 304) return new Response(null, { status });
  if (status < 400 && answersBytes(operation)) {
    const { bytes, contentType } = resBody as { bytes: number; contentType: string };
    return new Response(new Uint8Array(bytes), { status, headers: { 'content-type': contentType } });
  }
  return Response.json(resBody, { status: status || 500 });
}

async function bodyOf(request: Request): Promise<unknown> {
  if (request.headers.get('content-type')?.startsWith('multipart/form-data'))
    return [...(await request.formData()).keys()];
  if (request.headers.get('content-type') === 'application/octet-stream') return { bytes: (await request.blob()).size };
  const text = await request.text();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
