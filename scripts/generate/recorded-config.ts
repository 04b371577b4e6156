import type { Exchange, RecordedVersion } from '../../test/fixtures/recordings.js';

type Json = Record<string, unknown>;

const versions = ['11.6', '5.37'] as const;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a recorded machine had of its own, in place of the value of a fresh server. */
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

/** The settings of a fresh server of each version, and what clients see of them, as TypeScript. */
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
    if (!first || !later) throw new Error(`${version}: no configuration was recorded`);
    settingsOf[version] = first;
    // A client key follows the setting of its name if it agreed with it both before and after the settings were changed.
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

  return `/** Settings of a fresh server: what both versions share, and what each has of its own. */
export const settings = ${JSON.stringify({
    shared: pick(modern, (path) => old.has(path) && same(path)),
    '11.6': pick(modern, (path) => !old.has(path) || !same(path)),
    '5.37': pick(old, (path) => !modern.has(path) || !same(path)),
  })};

/** What clients see of them: whether those see it that are not logged in, and the setting it follows or its fixed value. */
export const clientSettings: Readonly<Record<'11.6' | '5.37', Readonly<Record<string, readonly [number, string | { readonly setting: string }]>>>> = ${JSON.stringify(clientOf)};
`;
}
