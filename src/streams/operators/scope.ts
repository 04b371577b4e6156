import { filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { TypedEvent } from '../../models/events.js';

/** Lets through events of one channel. Prefer `events.on(name, { channelId })`, which does not decode other events. */
export const inChannel = <E extends TypedEvent<string>>(channelId: string): MonoTypeOperatorFunction<E> =>
  filter((event) => event.channelId === channelId);

/** Lets through events of one team; direct and group channels belong to none. */
export const inTeam = <E extends TypedEvent<string>>(teamId: string): MonoTypeOperatorFunction<E> =>
  filter((event) => event.teamId === teamId);

/** Lets through events about one user or addressed to them, such as posts by that user. */
export const fromUser = <E extends TypedEvent<string>>(userId: string): MonoTypeOperatorFunction<E> =>
  filter((event) => event.userId === userId);

/** Drops events about one user, such as posts by that user: keeps a bot from answering itself. */
export const notSelf = <E extends TypedEvent<string>>(ownId: string): MonoTypeOperatorFunction<E> =>
  filter((event) => event.userId !== ownId);
