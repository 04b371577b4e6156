import type { StatusRow } from '../store/people.js';
import type { World } from '../world.js';

/** The status of a user. Unknown users are offline (protocol §9.2). */
export function statusOf({ store }: World, userId: string): StatusRow {
  return (
    store.statuses.get(userId) ?? {
      user_id: userId,
      status: 'offline',
      manual: false,
      last_activity_at: 0,
      dnd_end_time: 0,
      prev_status: '',
    }
  );
}

/** Stores a status. If it has changed, only the user's own sockets get the event (protocol §3.3). */
export function setStatus(
  world: World,
  userId: string,
  change: Partial<StatusRow> & { readonly status: string },
): StatusRow {
  const old = statusOf(world, userId);
  const row = world.store.statuses.put({ ...old, ...change });
  if (row.status !== old.status && !world.isBusy())
    world.store.emit({ event: 'status_change', data: { status: row.status, user_id: userId }, to: { userId } });
  return row;
}

/** Sets the status to online, unless the user has chosen another one. Opening a socket and most activity do this. */
export function setOnline(world: World, userId: string): void {
  if (!world.config.flag('ServiceSettings.EnableUserStatuses')) return;
  const old = statusOf(world, userId);
  if (old.manual) return;
  setStatus(world, userId, { status: 'online', last_activity_at: world.clock.now() });
}

/** Sets the status after the user's last socket has ended. On 11.6 the user's resumable connections get no event of it. */
export function setOfflineAfterDisconnect(world: World, userId: string): void {
  const old = statusOf(world, userId);
  if (old.manual || old.status === 'offline') return;
  if (world.modern) world.store.statuses.put({ ...old, status: 'offline' });
  else setStatus(world, userId, { status: 'offline' });
}

/** Sets a status that the user chose. `online` returns to automatic changes. `endsAt`, in seconds, ends `dnd` (only on 11.6). */
export function chooseStatus(world: World, userId: string, status: string, endsAt = 0): StatusRow {
  const { clock, modern } = world;
  const old = statusOf(world, userId);
  const now = clock.now();
  // The server checks once a minute.
  const dnd_end_time = status === 'dnd' && modern ? Math.floor(endsAt / 60) * 60 : 0;
  const row = setStatus(world, userId, {
    status,
    manual: status !== 'online',
    dnd_end_time,
    prev_status: old.status,
    ...(status === 'online' || status === 'offline' ? { last_activity_at: now } : {}),
  });
  if (dnd_end_time > 0) endAt(world, userId, dnd_end_time);
  return row;
}

/** Timers of most platforms take no more than this, about 24 days. */
const longestMs = 2 ** 31 - 1;

/** Ends a "do not disturb" at its time, unless it has been changed by then. */
function endAt(world: World, userId: string, endsAt: number): void {
  const leftMs = endsAt * 1000 - world.clock.now();
  world.clock.after(Math.min(Math.max(0, leftMs), longestMs), () => {
    const { status, dnd_end_time, prev_status } = statusOf(world, userId);
    if (status !== 'dnd' || dnd_end_time !== endsAt) return;
    if (leftMs > longestMs) endAt(world, userId, endsAt);
    else setStatus(world, userId, { status: prev_status, manual: false, dnd_end_time: 0, prev_status: 'dnd' });
  });
}

/** Sets the status to online or away for a client. A status that was chosen by hand is only replaced by one chosen by hand. */
export function setActiveStatus(world: World, userId: string, active: boolean, manual: boolean): void {
  const { clock, config } = world;
  const old = statusOf(world, userId);
  if (old.manual && !manual) return;
  const now = clock.now();
  if (active) {
    setStatus(world, userId, { status: 'online', manual, last_activity_at: now });
    return;
  }
  const idleMs = config.number('TeamSettings.UserStatusAwayTimeout') * 1000;
  if (old.status === 'away' || (!manual && now - old.last_activity_at <= idleMs)) return;
  setStatus(world, userId, { status: 'away', manual });
}
