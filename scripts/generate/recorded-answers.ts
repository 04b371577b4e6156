import { areas } from '../../src/server/areas/all.js';
import { apiRoutes } from '../../src/server/generated/routes.js';
import type { Exchange, RecordedVersion } from '../../test/fixtures/recordings.js';

/** An answer: a status with the id of an error, with a body, or with the content type of bytes. Status 0: the connection ended without an answer. */
type Answer = readonly [
  status: number,
  body: unknown,
  more?: { readonly type?: string; readonly only?: 'admins' | 'users' },
];

/** Answers of the unlicensed server to calls that were recorded with a malformed id, or not at all; these were requested by hand. */
const corrections: Readonly<Record<string, Answer>> = {
  updateChannelBookmark: [501, 'api.channel.bookmark.channel_bookmark.license.error'],
  deleteChannelBookmark: [501, 'api.channel.bookmark.channel_bookmark.license.error'],
  updateChannelBookmarkSortOrder: [501, 'api.channel.bookmark.channel_bookmark.license.error'],
  updateScheduledPost: [400, 'api.scheduled_posts.license_error'],
  deleteScheduledPost: [400, 'api.scheduled_posts.license_error'],
  getOutgoingOAuthConnection: [501, 'api.license.upgrade_needed.app_error'],
  updateOutgoingOAuthConnection: [501, 'api.license.upgrade_needed.app_error'],
  deleteOutgoingOAuthConnection: [501, 'api.license.upgrade_needed.app_error'],
  linkLdapGroup: [501, 'api.ldap_groups.license_error'],
  unlinkLdapGroup: [501, 'api.ldap_groups.license_error'],
  saveAcknowledgementForPost: [501, '<untranslated>'],
  deleteAcknowledgementForPost: [501, 'license_error.feature_unavailable'],
};

const routeKey = (method: string, path: string): string => `${method} ${path.replace(/\{\w+\}/g, '{}')}`;
const idOf = ({ resBody }: Exchange): unknown => (resBody as { id?: unknown } | null)?.id;
const isForbidden = (exchange: Exchange): boolean =>
  exchange.status === 403 && idOf(exchange) === 'api.context.permissions.app_error';

/** A body without the values of the recording: lists and texts are empty, numbers are 0. */
function slim(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => (/^[a-z0-9]{26}$/.test(key) ? [] : [[key, slim(member)]])),
    );
  if (typeof value === 'string') return value === 'OK' ? value : '';
  return typeof value === 'number' ? 0 : value;
}

function answerOf(exchanges: readonly Exchange[]): Answer | undefined {
  const allowed = exchanges.filter((exchange) => exchange.status > 0 && !isForbidden(exchange));
  const shown = allowed.find(({ status }) => status < 300) ?? allowed[0] ?? exchanges[0];
  if (!shown) return undefined;
  const { status, resBody, resHeaders } = shown;
  if (status === 0) return [status, null];
  if (status >= 400) return [status, idOf(shown) ?? null];
  const type = String(resHeaders['content-type'] ?? '');
  const bytes = typeof resBody === 'object' && resBody !== null && 'bytes' in resBody && 'contentType' in resBody;
  if (bytes) return [status, null, { type: String((resBody as { contentType: unknown }).contentType) }];
  if (typeof resBody === 'string' || (resBody === null && !type.includes('json'))) return [status, null, { type }];
  const refused = new Set(exchanges.filter(isForbidden).map(({ as }) => as));
  if (refused.size === 0) return [status, slim(resBody)];
  if (refused.size === 1 && refused.has('anonymous')) return [status, slim(resBody), { only: 'users' }];
  return shown.as === 'admin' ? [status, slim(resBody), { only: 'admins' }] : [status, slim(resBody)];
}

/** TypeScript of the answers of unlicensed servers to operations for which the embedded server has no handler. */
export function answersSource(recordings: Readonly<Record<RecordedVersion, readonly Exchange[]>>): string {
  const handled = new Set(areas.flatMap(({ handlers = {} }) => Object.keys(handlers)));
  const tables = Object.entries(recordings).map(([version, exchanges]) => {
    const byRoute = new Map<string, Exchange[]>();
    for (const exchange of exchanges) {
      if (exchange.knownRoute === false) continue;
      const key = routeKey(exchange.method, exchange.template.replace('/api/v4', ''));
      byRoute.set(key, [...(byRoute.get(key) ?? []), exchange]);
    }
    const answers = apiRoutes.flatMap(([id, method, path, guard, only]): [string, Answer][] => {
      if (handled.has(id) || guard === 'local' || (only !== undefined && only !== version)) return [];
      const answer = corrections[id] ?? answerOf(byRoute.get(routeKey(method, path)) ?? []);
      return answer ? [[id, answer]] : [];
    });
    return [version, new Map(answers)] as const;
  });
  const [, modern] = tables.find(([version]) => version === '11.6') ?? [];
  const source = tables.map(([version, answers]) => {
    const own = [...answers].filter(
      ([id, answer]) => version === '11.6' || JSON.stringify(answer) !== JSON.stringify(modern?.get(id)),
    );
    return `'${version}': ${JSON.stringify(Object.fromEntries(own))}`;
  });
  return `
/** A status with the id of an error, with a body, or with the content type of bytes. Status 0: the connection ended without an answer. */
export type RecordedAnswer = readonly [status: number, body: unknown, more?: { readonly type?: string; readonly only?: 'admins' | 'users' }];

/** Answers by operation. 5.37 has only those that differ from 11.6. */
export const recordedAnswers: Readonly<Record<'11.6' | '5.37', Readonly<Record<string, RecordedAnswer>>>> = {${source.join(',')}};
`;
}
