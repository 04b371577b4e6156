import { of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { xhrTransport } from '../../../../src/api/http/transports/xhr.js';
import type { HttpRequest, HttpResponse } from '../../../../src/api/http/types.js';
import { answer, watch } from '../kit.js';
import { requestOf, streamOf, until } from './kit.js';

/** What a browser has, with answers that a test gives by hand. */
class FakeXhr {
  readonly calls: unknown[][] = [];
  readonly upload: { onprogress?: (event: Partial<ProgressEvent>) => void } = {};
  onprogress: ((event: Partial<ProgressEvent>) => void) | undefined;
  onload: (() => void) | undefined;
  onerror: (() => void) | undefined;
  responseType = '';
  withCredentials: boolean | undefined;
  status = 0;
  response: unknown;
  answered = '';

  constructor() {
    made.push(this);
  }

  open(...args: unknown[]): void {
    this.calls.push(['open', ...args]);
  }

  setRequestHeader(...args: unknown[]): void {
    this.calls.push(['header', ...args]);
  }

  send(...args: unknown[]): void {
    this.calls.push(['send', ...args]);
  }

  abort(): void {
    this.calls.push(['abort']);
  }

  getAllResponseHeaders(): string {
    return this.answered;
  }

  respond(status: number, body: unknown, headers = ''): void {
    Object.assign(this, { status, response: body, answered: headers });
    this.onload!();
  }
}

const made: FakeXhr[] = [];
beforeEach(() => {
  made.length = 0;
  vi.stubGlobal('XMLHttpRequest', FakeXhr);
});
afterEach(() => vi.unstubAllGlobals());

const body = new Blob(['abc']);
const upload = (facts: Partial<HttpRequest> = {}): HttpRequest =>
  requestOf({ method: 'POST', body, progress: true, ...facts });

function start(facts: Partial<HttpRequest> = {}) {
  const seen = watch(xhrTransport()(upload(facts)));
  return { seen, xhr: made.at(-1)! };
}

async function responseTo(facts: Partial<HttpRequest>, ...given: Parameters<FakeXhr['respond']>) {
  const { seen, xhr } = start(facts);
  xhr.respond(...given);
  await until(() => seen.completed || seen.error !== undefined);
  if (seen.error !== undefined) throw seen.error as Error;
  return seen.values.at(-1) as HttpResponse;
}

describe('XMLHttpRequest', () => {
  const isUsedFor = (facts: Partial<HttpRequest>): boolean => {
    made.length = 0;
    const other = vi.fn(() => of(answer('other')));
    watch(xhrTransport(other)(upload(facts)));
    expect(other).toHaveBeenCalledTimes(1 - made.length);
    return made.length === 1;
  };

  it('sends uploads whose progress is wanted, and nothing else', () => {
    for (const one of [body, 'text', new Uint8Array(1), new FormData()]) expect(isUsedFor({ body: one })).toBe(true);
    expect(isUsedFor({ read: 'blob' })).toBe(true);
    expect(isUsedFor({ progress: false })).toBe(false);
    expect(isUsedFor({ read: 'raw' })).toBe(false);
    expect(isUsedFor({ body: undefined })).toBe(false);
    expect(isUsedFor({ body: streamOf() })).toBe(false);
    vi.stubGlobal('XMLHttpRequest', undefined);
    expect(isUsedFor({})).toBe(false);
  });

  it('sends no token to the origin of the page, because the browser would add its cookie', () => {
    vi.stubGlobal('location', { origin: 'http://mm.test' });
    expect(isUsedFor({ credentials: 'omit' })).toBe(false);
    expect(isUsedFor({ credentials: 'include' })).toBe(true);
    vi.stubGlobal('location', { origin: 'https://mm.test' });
    expect(isUsedFor({ credentials: 'omit' })).toBe(true);
  });

  it('sends method, address, headers and body; the browser itself chooses the encoding', () => {
    const { xhr } = start({ headers: { 'accept-encoding': 'identity', 'x-a': '1' } });
    expect(xhr.calls).toEqual([
      ['open', 'POST', 'http://mm.test/api/v4/users/me'],
      ['header', 'x-a', '1'],
      ['send', body],
    ]);
    expect(xhr).toMatchObject({ responseType: 'blob', withCredentials: false });
    expect(start({ credentials: 'include' }).xhr.withCredentials).toBe(true);
  });

  it('reports the bytes in both directions, with their total if that is known', () => {
    const { seen, xhr } = start();
    xhr.upload.onprogress!({ loaded: 1, total: 3, lengthComputable: true });
    xhr.onprogress!({ loaded: 2, total: 0, lengthComputable: false });
    expect(seen.values).toStrictEqual([
      { type: 'upload', loadedBytes: 1, totalBytes: 3 },
      { type: 'download', loadedBytes: 2 },
    ]);
  });

  it('gives the answer as it is wanted, and errors as text', async () => {
    const blob = new Blob(['{}']);
    expect(await responseTo({}, 201, blob)).toMatchObject({ type: 'response', status: 201, body: '{}' });
    expect((await responseTo({ read: 'blob' }, 399, blob)).body).toBe(blob);
    expect((await responseTo({ read: 'blob' }, 400, blob)).body).toBe('{}');
  });

  it('gives the headers of the answer', async () => {
    const text = 'x-a:  1 \r\nlocation: http://mm.test/\r\nx-a: 2\r\n: nameless\r\nwithout colon\r\n';
    const { headers } = await responseTo({}, 200, new Blob(), text);
    const found: Record<string, string> = {};
    headers.forEach((value, name) => (found[name] = value));
    expect(found).toEqual({ 'x-a': '1, 2', location: 'http://mm.test/' });
  });

  it('fails without an answer, and with one that cannot be read', async () => {
    const { seen, xhr } = start();
    xhr.onerror!();
    expect(seen.error).toEqual(new TypeError('the request failed'));
    const unreadable = start();
    const reason = new Error('the disk is full');
    unreadable.xhr.respond(200, { text: () => Promise.reject(reason) });
    await until(() => unreadable.seen.error !== undefined);
    expect(unreadable.seen.error).toBe(reason);
  });

  it('is aborted when its subscriber leaves', () => {
    const { seen, xhr } = start();
    expect(xhr.calls).not.toContainEqual(['abort']);
    seen.leave();
    expect(xhr.calls.at(-1)).toEqual(['abort']);
  });
});
