import { csrfCookie } from '../../models/csrf-cookie.js';
import type { HttpRequest } from '../http/types.js';
import { checkToken } from './credential.js';
import type { Credential } from '../../models/credential.js';

/** Puts a credential on a request. Most have the same headers and credential as the one before, and share what was made of them. */
export function createSign(): (request: HttpRequest, credential: Credential) => HttpRequest {
  let ofHeaders: HttpRequest['headers'] | undefined;
  let ofCredential: Credential | undefined;
  let signed: HttpRequest['headers'] = {};
  return (request, credential) => {
    const { headers, method } = request;
    if (credential.kind === 'bearer') {
      if (ofHeaders !== headers || ofCredential !== credential) {
        signed = { ...headers, authorization: `Bearer ${checkToken(credential.token)}` };
        ofHeaders = headers;
        ofCredential = credential;
      }
      return { ...request, headers: signed };
    }
    const csrf = csrfCookie();
    return {
      ...request,
      credentials: 'include',
      // The first is needed for the server to set cookies, the second on all but GET: protocol §5.1, §5.2.
      headers: {
        ...headers,
        'x-requested-with': 'XMLHttpRequest',
        ...(csrf && method !== 'GET' && { 'x-csrf-token': csrf }),
      },
    };
  };
}
