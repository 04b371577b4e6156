import { filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { TypedEvent } from '../../models/events.js';
import type { Post } from '../../models/generated/entities.js';

type PostOrEvent = TypedEvent<string> | Post;

const authorOf = (item: PostOrEvent): string => ('data' in item ? item.userId : item.user_id);

/** Lets through posts or events of one channel. Prefer `events.on(name, { channelId })`, which does not decode other events. */
export const inChannel = <T extends PostOrEvent>(channelId: string): MonoTypeOperatorFunction<T> =>
  filter((item) => ('data' in item ? item.channelId : item.channel_id) === channelId);

/** Lets through events of one team; direct and group channels belong to none. A post alone does not say its team. */
export const inTeam = <E extends TypedEvent<string>>(teamId: string): MonoTypeOperatorFunction<E> =>
  filter((event) => event.teamId === teamId);

/** Lets through posts by one user, and events about them or addressed to them. */
export const fromUser = <T extends PostOrEvent>(userId: string): MonoTypeOperatorFunction<T> =>
  filter((item) => authorOf(item) === userId);

/** Drops posts by one user, and events about them: keeps a bot from answering itself. */
export const notSelf = <T extends PostOrEvent>(ownId: string): MonoTypeOperatorFunction<T> =>
  filter((item) => authorOf(item) !== ownId);
