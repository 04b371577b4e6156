import type { Spec, SpecOperation } from './spec.js';

const types = `/**
 * Who is let in. \`session\`: a credential is required, with the CSRF token if it is a cookie. \`-trusted\`: no CSRF check. \`-busy\`: refused
 * while the server is busy. \`-without-mfa\`: open to those who have yet to enrol in MFA. \`none\`: nobody is turned away, a credential is
 * used if it is good. \`-limited\`: a rate limit of its own. \`local\`: only over the local socket. \`remote\`, \`cloud\`: other servers.
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

/** Operation, method, path with \`{name}\` for each parameter, guard, and the version if only one has the route. */
export type Route = readonly [id: string, method: string, path: string, guard: Guard, only?: '5.37' | '11.6'];
`;

const websocket = '/api/v4/websocket';

/** The route table of the embedded server: every operation that a server registers. */
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
