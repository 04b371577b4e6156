import type { Subscriber } from 'rxjs';
import { decodeEvent } from '../../models/decode.js';
import type { MattermostEvent } from '../../models/events.js';
import { addresseeOf, frameOf, type EventHead } from '../../models/peek.js';
import type { Validator } from '../../models/validator.js';
import type { Report } from '../connection/state.js';

/** Limits a subscription to events of one channel, team or user; all given conditions must hold. */
export interface EventScope {
  /** The channel that the event belongs to, or one of those that it lists. */
  readonly channelId?: string;
  readonly teamId?: string;
  /** The user that the event is about or addressed to. */
  readonly userId?: string;
}

type AnyEvent = MattermostEvent<string>;
type Kind = keyof EventScope;
type Listener = Pick<Subscriber<AnyEvent>, 'next'>;

/** The conditions; first the one that the fewest events meet. A listener is indexed by the first one that it has. */
const kinds = ['channelId', 'userId', 'teamId'] as const satisfies readonly Kind[];

/** The listeners to events of one name, by their first condition and its id. Those without a condition are under `every` and an empty id. */
type Shelf = Readonly<Record<Kind | 'every', Map<string, Listeners>>>;

/**
 * The index of listeners, by name and by channel, team or user. The cost of an event grows with the number of listeners that it reaches, and
 * an event without a listener is not even decoded.
 */
export interface Router {
  /** Gives an event of the gateway to its listeners, decoded once. A listener that is added meanwhile gets the next one. */
  readonly dispatch: (head: EventHead, report: Report) => void;
  /** Adds a listener, once only, to all events if no names are given. Calling the result removes it. */
  listen(listener: Listener, names?: readonly string[], scope?: EventScope): () => void;
  /** Number of names and of ids in the index; 0 when nobody listens. Tests read it: the index must not grow for ever. */
  readonly size: number;
}

/**
 * Makes the index.
 *
 * @param validate may keep an event from its listeners.
 */
export function createRouter(validate?: Validator): Router {
  const everything = new Listeners();
  const shelves = new Map<string, Shelf>();

  const add = (name: string, listener: Listener, scope: EventScope): (() => void) => {
    const shelf = shelves.get(name) ?? emptyShelf();
    shelves.set(name, shelf);
    const [kind, id] = firstCondition(scope);
    const byId = shelf[kind];
    const listeners = byId.get(id) ?? new Listeners();
    byId.set(id, listeners);
    const remove = listeners.add(listener);
    return () => {
      remove();
      if (listeners.size > 0) return;
      byId.delete(id);
      if (Object.values(shelf).every(({ size }) => size === 0)) shelves.delete(name);
    };
  };

  return {
    get size() {
      return [...shelves.values()].reduce((sum, shelf) => sum + sizeOf(shelf), 0);
    },
    dispatch(head, report) {
      const shelf = shelves.get(head.event);
      if (everything.size === 0 && !(shelf && isWanted(shelf, head))) return;
      const event = readEvent(head, report);
      if (!event) return;
      if (validate && !validate.event(event, (problem) => report('unexpected-data', problem))) return;
      everything.emit(event);
      if (!shelf) return;
      shelf.every.get('')?.emit(event);
      for (const kind of kinds) {
        const byId = shelf[kind];
        // Stryker disable next-line ConditionalExpression,EqualityOperator: finds nothing in an empty map, only slower.
        if (byId.size > 0) for (const id of idsOf(event, kind)) byId.get(id)?.emit(event);
      }
    },
    listen(listener, names, scope = {}) {
      if (!names) return everything.add(listener);
      const narrowed = narrow(listener, scope);
      const removals = [...new Set(names)].map((name) => add(name, narrowed, scope));
      return () => removals.forEach((remove) => remove());
    },
  };
}

function emptyShelf(): Shelf {
  return { every: new Map(), channelId: new Map(), userId: new Map(), teamId: new Map() };
}

/** Decodes an event; `undefined` if the frame is broken. */
function readEvent(head: EventHead, report: Report): AnyEvent | undefined {
  const frame = frameOf(head);
  const event = frame && decodeEvent(frame);
  if (!event) report('garbage-frame', head.event);
  else if (event.undecoded) report('undecoded-data', head.event);
  return event;
}

/** Where the index has a listener of this scope. */
function firstCondition(scope: EventScope): readonly [kind: keyof Shelf, id: string] {
  for (const kind of kinds) {
    const id = scope[kind];
    if (id !== undefined) return [kind, id];
  }
  return ['every', ''];
}

/** A listener that checks the conditions beyond the one that it is indexed by. */
function narrow(listener: Listener, scope: EventScope): Listener {
  const conditions = kinds.filter((kind) => scope[kind] !== undefined);
  // Stryker disable next-line ConditionalExpression: checks the condition again by which the index found it, only slower.
  if (conditions.length < 2) return listener;
  return {
    next(event) {
      if (conditions.every((kind) => idsOf(event, kind).includes(scope[kind]!))) listener.next(event);
    },
  };
}

/** One for the name, and one for each id. */
function sizeOf(shelf: Shelf): number {
  return kinds.reduce((sum, kind) => sum + shelf[kind].size, 1);
}

/** False if the tail of the frame shows that nobody listens to the event. */
function isWanted(shelf: Shelf, head: EventHead): boolean {
  // The user that an event is about is in its data.
  if (shelf.every.size > 0 || shelf.userId.size > 0) return true;
  return mayMatch(shelf.channelId, head, 'channel_id') || mayMatch(shelf.teamId, head, 'team_id');
}

/** An id that the broadcast lacks may be in the data: protocol §3.3. */
function mayMatch(byId: ReadonlyMap<string, unknown>, head: EventHead, key: 'channel_id' | 'team_id'): boolean {
  if (byId.size === 0) return false;
  const id = addresseeOf(head, key);
  return !id || byId.has(id);
}

function idsOf(event: AnyEvent, kind: Kind): readonly string[] {
  const id = event[kind];
  const { user_id: addressee } = event.broadcast;
  if (kind === 'userId' && addressee && addressee !== id) return [id, addressee];
  // The one event that is about several channels: protocol §3.3.
  return kind === 'channelId' && !id ? Object.keys((event.data['channel_times'] as object | undefined) ?? {}) : [id];
}

/** A set that may change while it emits: an event goes to those who were in it when it came. */
class Listeners {
  private readonly members = new Set<Listener>();
  private snapshot: readonly Listener[] | undefined;

  get size(): number {
    return this.members.size;
  }

  add(listener: Listener): () => void {
    this.members.add(listener);
    this.snapshot = undefined;
    return () => {
      this.members.delete(listener);
      this.snapshot = undefined;
    };
  }

  emit(event: AnyEvent): void {
    this.snapshot ??= [...this.members];
    for (const member of this.snapshot) member.next(event);
  }
}
