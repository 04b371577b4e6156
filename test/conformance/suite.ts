import { runOn, type Chapter } from './kit/rules.js';
import type { Target } from './kit/target.js';
import { channels } from './rules/channels.js';
import { connection } from './rules/connection.js';
import { credentials } from './rules/credentials.js';
import { events } from './rules/events.js';
import { files } from './rules/files.js';
import { integrations } from './rules/integrations.js';
import { mentions } from './rules/mentions.js';
import { operations } from './rules/operations.js';
import { paging } from './rules/paging.js';
import { posts } from './rules/posts.js';
import { presence } from './rules/presence.js';
import { rest } from './rules/rest.js';
import { schemas } from './rules/schemas.js';
import { sessions } from './rules/sessions.js';
import { survey } from './rules/survey.js';
import { typing } from './rules/typing.js';

const chapters: Readonly<Record<string, Chapter>> = {
  operations,
  credentials,
  rest,
  connection,
  events,
  typing,
  presence,
  sessions,
  channels,
  posts,
  mentions,
  files,
  paging,
  integrations,
  survey,
  schemas,
};

/** The behavioural suite, on whatever server `open` gives. */
export function conformance(name: string, open: () => Promise<Target>, timeoutMs = 60_000): void {
  runOn(name, open, chapters, timeoutMs);
}
