export { createStreams } from './create-streams.js';
export type { Streams, StreamsOptions } from './create-streams.js';
export type {
  Connection,
  ConnectionFacts,
  ConnectionState,
  Diagnostic,
  DisconnectReason,
} from './connection/connection.js';
export type { Events, EventScope, Gap } from './events/events.js';
export type { RestPort } from './rest-port.js';
export type { RestOutcome } from '../models/rest-outcome.js';
export type { Credential, CredentialSource } from '../models/credential.js';
export type { SocketOptions } from './connection/options.js';
export type { PresenceScope } from './connection/presence-scope.js';
export type { ReconnectOptions } from './connection/reconnect.js';
export type { WebSocketClass, WebSocketLike } from './connection/socket.js';
export type { Presence, SetStatusOptions, UserStatuses } from './presence/presence.js';
export type { CurrentSession, SessionChange, SessionEvidence } from './sessions/session-change.js';
export type { Sessions } from './sessions/sessions.js';
export type { Typing } from './typing/typing.js';
export type { TypingChange, TypingOptions } from './typing/place.js';
export { ofType } from './operators/of-type.js';
export { mentioning } from './operators/mentioning.js';
export type { MentionOptions, MentionTarget } from './operators/mentioning.js';
export type { PostEvent } from './operators/post-of.js';
export { dedupePosts, inThread } from './operators/posts.js';
export { fromUser, inChannel, inTeam, notSelf } from './operators/scope.js';
export * from '../models/errors.js';
export * from '../models/retry-with-backoff.js';
export { isEvent } from '../models/events.js';
export type * from '../models/events.js';
export type * from '../models/actions.js';
export type * from '../models/event-entities.js';
