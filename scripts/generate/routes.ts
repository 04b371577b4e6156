import type { Spec, SpecOperation } from './spec.js';

const types = `/**
 * Who may call an operation. \`session\`: a credential is required, and the CSRF token too if the credential is a cookie. \`-trusted\`: no
 * CSRF check. \`-busy\`: refused while the server is busy. \`-without-mfa\`: also for users who still have to set up MFA. \`none\`: everybody;
 * a valid credential is used. \`-limited\`: has its own rate limit. \`local\`: only through the local socket. \`remote\`, \`cloud\`: other servers.
 */
export type Guard =
  | 'session'
  | 'session-trusted'
  | 'session-busy'
  | 'session-without-mfa'
  | 'none'
  | 'none-trusted'
  | 'none-limited'
  | 'local'
  | 'remote'
  | 'cloud';

/** Operation, HTTP method, path with \`{name}\` for each parameter, guard, and the version if only one version has the route. */
export type Route = readonly [id: string, method: string, path: string, guard: Guard, only?: '5.37' | '11.6'];
`;

const websocket = '/api/v4/websocket';

/** The routes of the embedded server: every operation for which 11.6 or 5.37 has a route. */
export function routeFile(spec: Spec): Map<string, string> {
  const routed = spec.operations.filter((operation) => operation['x-routed'] !== false);
  const rows = (operations: readonly SpecOperation[], strip = 0): string =>
    operations
      .map((operation): [string, string] => [
        `${operation.path.slice(strip)} ${operation.method}`,
        row(operation, strip),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, text]) => text)
      .join('\n');
  const socket = routed.filter(({ path }) => path === websocket);
  const api = routed.filter(({ beside }) => !beside);
  const beside = routed.filter(({ beside, path }) => beside && path !== websocket);
  const text = `${types}
/** Routes below \`/api/v4\`. */
export const apiRoutes: readonly Route[] = [
${rows(api)}
${rows(socket, '/api/v4'.length)}
];

/** Routes beside the API. */
export const rootRoutes: readonly Route[] = [
${rows(beside)}
];`;
  return new Map([['src/server/generated/routes.ts', text]]);
}

function row(operation: SpecOperation, strip: number): string {
  const { operationId, method, path } = operation;
  const fields = [operationId, method, path.slice(strip), operation['x-guard'], operation['x-only']];
  return `[${fields.flatMap((field) => (field ? `'${field}'` : [])).join(', ')}],`;
}
