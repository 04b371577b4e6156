/** Whom an event is for: the rules of protocol §3.1. Fields that are left out do not restrict it. */
export interface Audience {
  readonly userId?: string;
  readonly channelId?: string;
  readonly teamId?: string;
  readonly connectionId?: string;
  readonly omitConnectionId?: string;
  readonly omitUsers?: readonly string[];
  /** `admins`: sessions with `manage_system` alone, `others`: those without. One change may make a copy for each. */
  readonly copy?: 'admins' | 'others';
}

/** Who is about to get an event. */
export interface Recipient {
  readonly userId: string;
  readonly connectionId: string;
  /** Whether the socket asked for `should_ack` (protocol §1.1). */
  readonly postedAck: boolean;
}

/** Rewrites the data for one recipient, or gives them back untouched; `null` withholds the event from this recipient. */
export type Hook = (data: EventData, recipient: Recipient) => EventData | null;

export type EventData = Readonly<Record<string, unknown>>;

/** An event before it is addressed and numbered. Members that travel as JSON in a string are strings here already. */
export interface Draft {
  readonly event: string;
  readonly data: EventData;
  readonly to: Audience;
  readonly hook?: Hook;
}
