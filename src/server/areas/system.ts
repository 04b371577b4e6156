import { AppError, invalidUrl } from '../base/app-error.js';
import { json, ok } from '../rest/context.js';
import type { Handler } from '../rest/context.js';
import type { Area } from './area.js';
import type { Action } from '../socket/actions.js';
import { refuseUpgrade } from '../rest/refuse-upgrade.js';
import { releaseOf } from '../base/version.js';

const getPing: Handler = (c) => {
  const detailed = c.flag('get_server_status');
  return json({
    ...(c.modern ? { ActiveSearchBackend: 'database' } : {}),
    AndroidLatestVersion: '',
    AndroidMinVersion: '',
    ...(c.modern && c.query.has('device_id') ? { CanReceiveNotifications: 'false' } : {}),
    ...(c.modern ? {} : { DesktopLatestVersion: '', DesktopMinVersion: '' }),
    IosLatestVersion: '',
    IosMinVersion: '',
    ...(detailed ? { database_status: 'OK', filestore_status: 'OK' } : {}),
    ...(detailed && c.modern && c.can('manage_system') ? { root_status: false } : {}),
    status: 'OK',
  });
};

/** 5.37 needs `format=old`; 11.6 does not know the parameter (protocol §10). */
const getClientConfig: Handler = (c) => {
  const format = c.query.get('format');
  if (!c.modern && !format)
    throw new AppError(501, 'api.config.client.old_format.app_error', 'The parameter `format` must be `old`.');
  if (!c.modern && format !== 'old')
    throw new AppError(400, 'api.context.invalid_body_param.app_error', 'The parameter `format` must be `old`.');
  return json(c.world.config.client(c.session !== undefined));
};

const getClientLicense: Handler = (c) => {
  if (c.query.get('format') !== 'old')
    throw new AppError(
      c.modern ? 400 : 501,
      'api.license.client.old_format.app_error',
      'The parameter `format` must be `old`.',
    );
  return json({ IsLicensed: 'false' });
};

const longestBusyS = 86_400;

const setServerBusy: Handler = (c) => {
  c.need('manage_system');
  const seconds = Number(c.query.get('seconds') ?? 3600);
  if (!(seconds >= 1 && seconds <= longestBusyS)) throw invalidUrl('seconds');
  c.world.busyUntil = c.now + seconds * 1000;
  return ok();
};

const clearServerBusy: Handler = (c) => {
  c.need('manage_system');
  c.world.busyUntil = 0;
  return ok();
};

/** The zero time of Go, in seconds since the epoch. */
const zeroTime = -62_135_596_800;

const getServerBusyExpires: Handler = (c) => {
  c.need('manage_system');
  const busy = c.world.isBusy();
  const expires = busy ? Math.floor(c.world.busyUntil / 1000) : zeroTime;
  const [day = '', month, date, year, time] = busy
    ? new Date(expires * 1000)
        .toUTCString()
        .replace(/, (\d+) (\w+)/, ' $2 $1')
        .split(' ')
    : ['Mon', 'Jan', '1', '0001', '00:00:00'];
  const expires_ts = `${day} ${month ?? ''} ${String(Number(date))} ${time ?? ''} +0000 UTC ${year ?? ''}`;
  return json({ busy, expires, expires_ts });
};

/** There are no caches. The request sends the event of a changed licence, as on a real server. */
const invalidateCaches: Handler = (c) => {
  c.need('manage_system');
  c.store.emit({ event: 'license_changed', data: { license: { IsLicensed: 'false' } }, to: {} });
  return ok();
};

/** A request to the socket's path that is no upgrade. */
const connectWebSocket: Handler = (c) => refuseUpgrade(c.world, 400, 'Bad Request');

const ping: Action = ({ world }) => ({
  node_id: '',
  server_time: world.clock.now(),
  text: 'pong',
  version: releaseOf(world.version),
});

export const systemArea: Area = {
  handlers: {
    getPing,
    getClientConfig,
    getClientLicense,
    setServerBusy,
    clearServerBusy,
    getServerBusyExpires,
    invalidateCaches,
    connectWebSocket,
  },
  actions: { ping },
};
