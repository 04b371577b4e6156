import type { SchedulerLike } from 'rxjs';
import { FilesApi } from '../../../../src/api/generated/files.js';
import { createRest } from '../../../../src/api/rest.js';
import type { RestOptions } from '../../../../src/api/rest-options.js';
import { createTestServer, type Version } from '../../../../src/server/index.js';

/** No test waits: what is repeated is repeated at once. */
export const atOnce = { baseMs: 0, capMs: 0 };

/** Bytes that differ from place to place, so that none can be mistaken for another. */
export function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

export async function bytesIn(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export interface OpenOptions {
  readonly version?: Version;
  readonly admin?: boolean;
  /** Comes before each request is sent. */
  readonly before?: (request: string) => void;
  /** Time of the server. @default that of the machine */
  readonly clock?: SchedulerLike;
  readonly options?: Partial<RestOptions>;
}

/** A server in memory with a channel, and the operations on files of a member of it. */
export async function openFiles({ version = '11.6', admin = false, before, clock, options = {} }: OpenOptions = {}) {
  const server = await createTestServer({ version, port: 'memory', ...(clock && { clock }) });
  const alice = server.createUser({ username: 'alice', admin });
  const team = server.createTeam({ members: [alice] });
  const channel = server.createChannel({ team, members: [alice] });
  const requests: string[] = [];
  const rest = createRest({
    url: server.url,
    auth: { token: alice.token },
    retry: atOnce,
    fetch: (url, init) => {
      const request = `${init.method} ${url.replace(/^.*\/api\/v4/, '').replace(/[a-z0-9]{26}/g, '{id}')}`;
      requests.push(request);
      before?.(request);
      return server.fetch(url, init);
    },
    ...options,
  });
  return { server, alice, channel, rest, requests, files: new FilesApi(rest) };
}
