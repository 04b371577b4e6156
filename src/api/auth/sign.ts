import { csrfCookie } from '../../models/csrf-cookie.js';
import type { HttpRequest } from '../http/types.js';
import { checkToken } from './credential.js';
import type { Credential } from '../../models/credential.js';

/** Adds the credential to a request. Most requests have the same headers and credential as the one before, so the result is reused. */
export function createSign(): (request: HttpRequest, credential: Credential) => HttpRequest {
  let lastHeaders: HttpRequest['headers'] | undefined;
  let lastCredential: Credential | undefined;
  let signed: HttpRequest['headers'] = {};
  return (request, credential) => {
    const { headers, method } = request;
    if (credential.kind === 'bearer') {
      if (lastHeaders !== headers || lastCredential !== credential) {
        signed = { ...headers, authorization: `Bearer ${checkToken(credential.token)}` };
        lastHeaders = headers;
        lastCredential = credential;
      }
      return { ...request, headers: signed };
    }
    const csrf = csrfCookie();
    return {
      ...request,
      credentials: 'include',
      // The server sets cookies only with the first, and wants the second on all but GET: protocol §5.1, §5.2.
      headers: {
        ...headers,
        'x-requested-with': 'XMLHttpRequest',
        ...(csrf && method !== 'GET' && { 'x-csrf-token': csrf }),
      },
    };
  };
}
