import { AppError, invalidBody } from '../base/app-error.js';
import { parseJson } from '../rest/body.js';
import type { Settings } from '../base/config.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { settings as fresh } from '../generated/config.js';

const mask = '********************************';
const isSecret = (name: string): boolean => /(Password|Secret|Salt|EncryptKey|DataSource)$/.test(name);

/** Secrets are masked with asterisks, for admins too. */
const masked = (all: Settings): Settings =>
  Object.fromEntries(
    Object.entries(all).map(([section, values]) => [
      section,
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, isSecret(name) && value !== '' ? mask : value]),
      ),
    ]),
  );

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The settings that differ from those of a fresh server. */
function changed(c: Context): Settings {
  const base: Settings[] = [fresh.shared, fresh[c.world.version]];
  const isDefault = (section: string, name: string, value: unknown): boolean =>
    base.some((settings) => JSON.stringify(settings[section]?.[name]) === JSON.stringify(value));
  return Object.fromEntries(
    Object.entries(c.world.config.all).flatMap(([section, values]) => {
      const own = Object.entries(values).filter(([name, value]) => !isDefault(section, name, value));
      return own.length > 0 ? [[section, Object.fromEntries(own)]] : [];
    }),
  );
}

const getConfig: Handler = (c) => {
  c.need('manage_system');
  return json(masked(c.modern && c.flag('remove_defaults') ? changed(c) : c.world.config.all));
};

/** Settings that cannot be changed over REST. */
const fixed = ['PluginSettings.EnableUploads', 'PluginSettings.SignaturePublicKeyFiles', 'ImportSettings.Directory'];

/** The existing settings in a body. Names match in any case, as in the server's decoder; masked secrets are left out. */
function existing(all: Settings, body: Readonly<Record<string, unknown>>): Record<string, Record<string, unknown>> {
  const named = (names: object, given: string) =>
    Object.keys(names).find((name) => name.toLowerCase() === given.toLowerCase());
  const change: Record<string, Record<string, unknown>> = {};
  for (const [givenSection, values] of Object.entries(body)) {
    const section = named(all, givenSection) ?? '';
    for (const [givenName, value] of Object.entries(isRecord(values) ? values : {})) {
      const name = named(all[section] ?? {}, givenName);
      if (name !== undefined && !(isSecret(name) && value === mask)) (change[section] ??= {})[name] = value;
    }
  }
  return change;
}

/** Stores the existing settings of a body. Every write sends an event to everybody, even without a change (protocol §3.3). */
function write(c: Context, whole: boolean) {
  c.need('manage_system');
  const { config } = c.world;
  const body = parseJson(c.bodyText);
  if (!isRecord(body) && (c.modern || body === undefined || body === null)) throw invalidBody('config');
  const change = existing(config.all, isRecord(body) ? body : {});
  const siteUrl = change['ServiceSettings']?.['SiteURL'];
  if (config.text('ServiceSettings.SiteURL') && (siteUrl === '' || (whole && siteUrl === undefined)))
    throw new AppError(400, 'api.config.update_config.clear_siteurl.app_error', 'The site URL must not be removed.');
  for (const path of fixed) {
    const [section = '', name = ''] = path.split('.');
    const wanted = change[section]?.[name];
    if (wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(config.all[section]?.[name]))
      throw new AppError(
        403,
        'api.config.update_config.not_allowed_security.app_error',
        `${path} cannot be changed over REST.`,
      );
  }
  if (Number(change['TeamSettings']?.['MaxUsersPerTeam'] ?? 1) <= 0)
    throw new AppError(
      400,
      'model.config.is_valid.max_users.app_error',
      'The maximum of users per team must be above 0.',
    );
  config.patch(change);
  tellConfigChanged(c);
  return json(masked(config.all));
}

function tellConfigChanged({ store, world }: Context): void {
  store.emit({ event: 'plugin_statuses_changed', data: { plugin_statuses: [] }, to: { copy: 'admins' } });
  store.emit({ event: 'config_changed', data: { config: world.config.client(true) }, to: {} });
}

const updateConfig: Handler = (c) => write(c, true);
const patchConfig: Handler = (c) => write(c, false);

const reloadConfig: Handler = (c) => {
  c.need('manage_system');
  return ok();
};

/** No setting of this server comes from an environment variable. */
const getEnvironmentConfig: Handler = (c) => {
  c.need('manage_system');
  return json({});
};

export const configArea: Area = {
  handlers: { getConfig, updateConfig, patchConfig, reloadConfig, getEnvironmentConfig },
};
