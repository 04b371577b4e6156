import { apiRoutes } from '../generated/routes.js';
import type { Guard, Route } from '../generated/routes.js';
import type { Version } from '../base/version.js';

/** A route that a request belongs to. */
export interface Match {
  readonly id: string;
  readonly guard: Guard;
  /** Path parameters by name, decoded; whether an id is one is for the handler to say (protocol §6.2). */
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string) => Match | undefined;

/** What a parameter may hold, where it is more than letters and digits. */
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

/** Finds the route of a request below `/api/v4`. Routes with fewer parameters are asked first; local ones are not served. */
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

/** `path` has to be matched decoded, as the server does, but a stray `%` is no reason to fail. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
