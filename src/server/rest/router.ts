import { apiRoutes } from '../generated/routes.js';
import type { Guard, Route } from '../generated/routes.js';
import type { Version } from '../base/version.js';

/** The route of a request. */
export interface Match {
  readonly id: string;
  readonly guard: Guard;
  /** Path parameters by name, decoded. Handlers check whether an id is valid (protocol §6.2). */
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string) => Match | undefined;

/** Patterns of parameters that may hold more than letters and digits. */
const shapes: Readonly<Record<string, string>> = {
  username: '[A-Za-z0-9_.-]+',
  email: '.+',
  category: '[A-Za-z0-9_]+',
  preference_name: '[A-Za-z0-9_]+',
  team_name: '[A-Za-z0-9_-]+',
  name: '[A-Za-z0-9_-]+',
  channel_name: '[A-Za-z0-9_-]+',
  category_id: '[A-Za-z0-9_-]+',
  emoji_name: '[A-Za-z0-9_+-]+',
  emoji: '[A-Za-z0-9_+-]+',
  role_name: '[a-z0-9_]+',
  plugin_id: '[A-Za-z0-9_.-]+',
  filename: '[A-Za-z0-9_.-]+',
  export_name: '.+\\.zip',
  import_name: '.+\\.zip',
};

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const compile = (route: Route): Compiled => {
  const names: string[] = [];
  const source = route[2].replace(/[.+]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return `(${shapes[name] ?? '[A-Za-z0-9]+'})`;
  });
  return { route, names, pattern: new RegExp(`^${source}$`) };
};

const placeholders = ([, , path]: Route): number => path.split('{').length;

/** Finds the route of a request below `/api/v4`. Routes with fewer parameters come first; local routes are not served. */
export function createRouter(version: Version, routes: readonly Route[] = apiRoutes): Router {
  const byMethod = new Map<string, Compiled[]>();
  const served = routes.filter(([, , , guard, only]) => guard !== 'local' && (!only || only === version));
  for (const route of [...served].sort((a, b) => placeholders(a) - placeholders(b))) {
    const list = byMethod.get(route[1]) ?? [];
    byMethod.set(route[1], list);
    list.push(compile(route));
  }
  return (method, raw) => {
    const path = decode(raw);
    for (const { route, pattern, names } of byMethod.get(method) ?? []) {
      const found = pattern.exec(path);
      if (!found) continue;
      const params = Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? '']));
      return { id: route[0], guard: route[3], params };
    }
    return undefined;
  };
}

/** Decodes a path, as the server does before it matches routes. A path with an invalid `%` stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
