import { checkId } from '../../models/check-id.js';

/** Where in a channel somebody types. */
export interface TypingOptions {
  /** Root post of a thread. @default the channel itself, outside its threads */
  readonly rootId?: string | undefined;
}

/** Where somebody types. */
export interface Place {
  readonly channelId: string;
  /** Root post of the thread; empty for the channel itself. */
  readonly rootId: string;
}

/** Somebody started or stopped to type. */
export interface TypingChange extends Place {
  readonly userId: string;
  readonly typing: boolean;
}

/** A place as the key of a map. */
export function placeKey({ channelId, rootId }: Place): string {
  return `${channelId}/${rootId}`;
}

/** Reads what {@link placeKey} wrote. */
export function placeOf(key: string): Place {
  const end = key.indexOf('/');
  return { channelId: key.slice(0, end), rootId: key.slice(end + 1) };
}

/**
 * The place that a method was called with.
 *
 * @param method names it in the error, such as `typing.in`.
 * @throws ValidationError for a malformed id.
 */
export function checkPlace(method: string, channelId: string, { rootId = '' }: TypingOptions = {}): Place {
  checkId(`${method}: channelId`, channelId);
  if (rootId) checkId(`${method}: rootId`, rootId);
  return { channelId, rootId };
}
