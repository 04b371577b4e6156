/** Who receives an event (protocol §3.1). Missing fields do not restrict it. */
export interface Audience {
  readonly userId?: string;
  readonly channelId?: string;
  readonly teamId?: string;
  readonly connectionId?: string;
  readonly omitConnectionId?: string;
  readonly omitUsers?: readonly string[];
  /** `admins`: only sessions with `manage_system`; `others`: only those without. One change may send a copy to each. */
  readonly copy?: 'admins' | 'others';
}

/** A connection that is about to receive an event. */
export interface Recipient {
  readonly userId: string;
  readonly connectionId: string;
  /** Whether the socket asked for `should_ack` (protocol §1.1). */
  readonly postedAck: boolean;
}

/** Changes the data for one recipient, or returns the same object; `null` withholds the event from this recipient. */
export type Hook = (data: EventData, recipient: Recipient) => EventData | null;

export type EventData = Readonly<Record<string, unknown>>;

/** An event before it is delivered and numbered. Members that are JSON in a string on the wire are strings here already. */
export interface Draft {
  readonly event: string;
  readonly data: EventData;
  readonly to: Audience;
  readonly hook?: Hook;
}
