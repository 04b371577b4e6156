import type { Exchange, RecordedVersion } from '../../test/fixtures/recordings.js';

type Json = Record<string, unknown>;

const versions = ['11.6', '5.37'] as const;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values of a new server, for the settings that the recorded servers had changed. */
const ofTheMachine: Json = {
  'ServiceSettings.SiteURL': '',
  'ServiceSettings.ListenAddress': ':8065',
  'ServiceSettings.LocalModeSocketLocation': '/var/tmp/mattermost_local.socket',
  'EmailSettings.SMTPPort': '10025',
  'EmailSettings.InviteSalt': '',
  'SqlSettings.DataSource': '********************************',
  'SqlSettings.AtRestEncryptKey': '********************************',
  'FileSettings.PublicLinkSalt': '********************************',
  'FileSettings.Directory': './data/',
  'LogSettings.FileLocation': '',
  'PluginSettings.Directory': './plugins',
  'PluginSettings.ClientDirectory': './client/plugins',
  'PluginSettings.Plugins': {},
};

/** Every setting by its path, such as `ServiceSettings.SiteURL`. */
const flatten = (config: Json): Map<string, unknown> =>
  new Map(
    Object.entries(config).flatMap(([section, settings]) =>
      isObject(settings)
        ? Object.entries(settings).map(([name, value]): [string, unknown] => [`${section}.${name}`, value])
        : [],
    ),
  );

const text = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

const nested = (settings: ReadonlyMap<string, unknown>): Json => {
  const config: Record<string, Json> = {};
  for (const [path, value] of [...settings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [section = '', name = ''] = path.split('.');
    (config[section] ??= {})[name] = path in ofTheMachine ? ofTheMachine[path] : value;
  }
  return config;
};

/** TypeScript of the settings of a new server of each version, and of the settings that clients see. */
export function configSource(recordings: Readonly<Record<RecordedVersion, readonly Exchange[]>>): string {
  const settingsOf: Record<string, Map<string, unknown>> = {};
  const clientOf: Record<string, Json> = {};
  for (const version of versions) {
    const exchanges = recordings[version].filter(({ status }) => status === 200);
    const configs = exchanges.filter(({ op, query }) => op === 'getConfig' && !Object.keys(query).length);
    const clients = exchanges.filter(({ op }) => op === 'getClientConfig');
    const [first, later] = configs.map(({ resBody }) => flatten(resBody as Json));
    const limited = clients.find(({ as }) => as === 'anonymous')?.resBody as Record<string, string>;
    const full = clients.find(({ as }) => as === 'admin')?.resBody as Record<string, string>;
    if (!first || !later) throw new Error(`recordings of ${version}: must have two answers of getConfig`);
    settingsOf[version] = first;
    // A key for clients follows the setting of the same name if both were equal before and after the settings were changed.
    clientOf[version] = Object.fromEntries(
      Object.entries(full).map(([key, value]) => {
        const path = [...later.keys()].find(
          (path) =>
            path.endsWith(`.${key}`) &&
            text(later.get(path)) === value &&
            (limited[key] === undefined || text(first.get(path)) === limited[key]),
        );
        return [
          key,
          [limited[key] === undefined ? 0 : 1, path ? { setting: path } : key === 'DiagnosticId' ? '' : value],
        ];
      }),
    );
  }

  const [modern, old] = versions.map((version) => settingsOf[version] ?? new Map<string, unknown>()) as [
    Map<string, unknown>,
    Map<string, unknown>,
  ];
  const same = (path: string): boolean => JSON.stringify(modern.get(path)) === JSON.stringify(old.get(path));
  const pick = (from: ReadonlyMap<string, unknown>, test: (path: string) => boolean) =>
    nested(new Map([...from].filter(([path]) => test(path))));

  return `/** Settings of a new server: those that are equal in both versions, and the others by version. */
export const settings = ${JSON.stringify({
    shared: pick(modern, (path) => old.has(path) && same(path)),
    '11.6': pick(modern, (path) => !old.has(path) || !same(path)),
    '5.37': pick(old, (path) => !modern.has(path) || !same(path)),
  })};

/** Settings that clients see: 1 if they see it without a login, and the setting that it follows or its fixed value. */
export const clientSettings: Readonly<Record<'11.6' | '5.37', Readonly<Record<string, readonly [number, string | { readonly setting: string }]>>>> = ${JSON.stringify(clientOf)};
`;
}
