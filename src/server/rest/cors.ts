import type { CoreRequest, CoreResponse } from '../base/http.js';
import type { World } from '../world.js';

const methods = new Set(['POST', 'GET', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']);
const maxAgeS = 86_400;

/** What pages of other origins may do: nothing unless `AllowCorsFrom` names them (protocol §6.5). */
interface Cors {
  /** The answer to a preflight request; `undefined` if the request is no preflight, or if `AllowCorsFrom` is empty. */
  preflight(request: CoreRequest): CoreResponse | undefined;
  /** Headers for the answer to a request. */
  headers(request: CoreRequest): Readonly<Record<string, string>>;
}

export function createCors({ config, modern }: World): Cors {
  const allowed = (): readonly string[] => config.text('ServiceSettings.AllowCorsFrom').split(' ').filter(Boolean);

  const grant = (origin: string | undefined): Record<string, string> => {
    const list = allowed();
    if (origin === undefined || !(list.includes('*') || list.includes(origin))) return {};
    return {
      'Access-Control-Allow-Origin': list.includes('*') ? '*' : origin,
      ...(config.flag('ServiceSettings.CorsAllowCredentials') ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    };
  };

  return {
    preflight({ method, headers }) {
      const wanted = headers['access-control-request-method'];
      if (method !== 'OPTIONS' || wanted === undefined || allowed().length === 0) return undefined;
      const granted = methods.has(wanted) ? grant(headers['origin']) : {};
      const asked = headers['access-control-request-headers'];
      const more =
        'Access-Control-Allow-Origin' in granted
          ? {
              'Access-Control-Allow-Methods': wanted,
              ...(asked ? { 'Access-Control-Allow-Headers': asked } : {}),
              'Access-Control-Max-Age': String(maxAgeS),
            }
          : {};
      return { status: modern ? 204 : 200, headers: { Vary: 'Origin', ...granted, ...more }, body: '' };
    },
    headers({ headers }) {
      if (allowed().length === 0) return {};
      const granted = grant(headers['origin']);
      const exposed = config.text('ServiceSettings.CorsExposedHeaders').split(' ').filter(Boolean).join(', ');
      return {
        Vary: 'Accept-Encoding, Origin',
        ...granted,
        ...(exposed && 'Access-Control-Allow-Origin' in granted ? { 'Access-Control-Expose-Headers': exposed } : {}),
      };
    },
  };
}
