import { clientSettings, settings } from '../generated/config.js';
import type { Version } from './version.js';

/** Settings by section, as in the answer of `GET config`. */
export type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Settings to change. Sections and names that are left out keep their value. */
export type SettingsPatch = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** The configuration of one server. */
export interface Config {
  readonly all: Settings;
  /** A setting by its path, such as `ServiceSettings.SiteURL`. */
  flag(path: string): boolean;
  number(path: string): number;
  text(path: string): string;
  patch(change: SettingsPatch): void;
  /** The answer of `GET config/client`: all values are strings; without a login there are fewer. */
  client(loggedIn: boolean): Readonly<Record<string, string>>;
  /** A hash of what clients see of the settings (protocol §6.5). */
  hash(): string;
}

const merge = (base: Settings, change: SettingsPatch): Settings => {
  const merged: Record<string, Readonly<Record<string, unknown>>> = { ...base };
  for (const [section, values] of Object.entries(change)) merged[section] = { ...merged[section], ...values };
  return merged;
};

export function createConfig(version: Version, change: SettingsPatch = {}): Config {
  let hash: string | undefined;
  let all = merge(merge(settings.shared, settings[version]), change);
  const read = (path: string): unknown => {
    const [section = '', name = ''] = path.split('.');
    return all[section]?.[name];
  };
  const asText = (value: unknown): string => {
    if (Array.isArray(value)) return value.join(',');
    return ['string', 'number', 'boolean'].includes(typeof value) ? `${value as string | number | boolean}` : '';
  };

  const client: Config['client'] = (loggedIn) => {
    const shown: Record<string, string> = {};
    for (const [key, [limited, source]] of Object.entries(clientSettings[version]))
      if (loggedIn || limited) shown[key] = typeof source === 'string' ? source : asText(read(source.setting));
    return shown;
  };

  return {
    get all() {
      return all;
    },
    flag: (path) => read(path) === true,
    number: (path) => Number(read(path) ?? 0),
    text: (path) => asText(read(path)),
    patch(next) {
      all = merge(all, next);
      hash = undefined;
    },
    client,
    hash: () => (hash ??= digest(JSON.stringify(client(true)))),
  };
}

/** A hash of 64 hex digits. It need not be secure. */
function digest(text: string): string {
  let hex = '';
  for (let block = 0; block < 8; block++) {
    let sum = 0x811c9dc5 ^ block;
    for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
    hex += (sum >>> 0).toString(16).padStart(8, '0');
  }
  return hex;
}
