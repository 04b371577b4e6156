import { Observable } from 'rxjs';
import type { HttpRequest, Transport } from '../types.js';
import { fetchTransport } from './fetch.js';

/**
 * For browsers: sends uploads with `progress()` over `XMLHttpRequest`, which reports bytes as they leave, while `fetch` reports them only at the
 * end. Everything else goes over `other`: streams, calls without `progress()`, platforms without `XMLHttpRequest`, and requests with a token to
 * the origin of the page, because the browser would add its cookie, which wins (protocol §5.2).
 *
 * @example
 * const client = createClient({ url, auth: { token }, transport: xhrTransport() });
 */
export function xhrTransport(other: Transport = fetchTransport()): Transport {
  return (request) => (isCountable(request) ? send(request) : other(request));
}

function isCountable({ progress, body, read, credentials, url }: HttpRequest): boolean {
  const { XMLHttpRequest: known, location } = globalThis as { XMLHttpRequest?: unknown; location?: Location };
  if (!known || !progress || read === 'raw' || body === undefined || body instanceof ReadableStream) return false;
  return credentials === 'include' || new URL(url).origin !== location?.origin;
}

function send({ method, url, headers, body, read, credentials }: HttpRequest): ReturnType<Transport> {
  return new Observable((subscriber) => {
    const xhr = new XMLHttpRequest();
    const count =
      (type: 'upload' | 'download') =>
      ({ loaded, total, lengthComputable }: ProgressEvent): void =>
        subscriber.next({ type, loadedBytes: loaded, ...(lengthComputable && { totalBytes: total }) });
    const respond = async (): Promise<void> => {
      const blob = xhr.response as Blob;
      const asText = xhr.status >= 400 || read === 'text';
      const answer = asText ? await blob.text() : blob;
      const answered = new Headers();
      for (const line of xhr.getAllResponseHeaders().split('\r\n')) {
        const at = line.indexOf(':');
        if (at > 0) answered.append(line.slice(0, at), line.slice(at + 1));
      }
      subscriber.next({ type: 'response', status: xhr.status, headers: answered, body: answer });
      subscriber.complete();
    };
    const fail = (error: unknown): void => subscriber.error(error);
    xhr.upload.onprogress = count('upload');
    xhr.onprogress = count('download');
    xhr.onload = () => void respond().catch(fail);
    xhr.onerror = () => fail(new TypeError('the request failed'));
    xhr.open(method, url);
    xhr.responseType = 'blob';
    xhr.withCredentials = credentials === 'include';
    for (const [name, value] of Object.entries(headers))
      if (name !== 'accept-encoding') xhr.setRequestHeader(name, value);
    xhr.send(body as XMLHttpRequestBodyInit);
    return () => xhr.abort();
  });
}
