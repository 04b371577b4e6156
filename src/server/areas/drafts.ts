import { toJson } from '../base/to-json.js';
import { forbidden } from '../base/app-error.js';
import { json, ok } from '../rest/context.js';
import type { Context, Handler } from '../rest/context.js';
import type { Area } from './area.js';
import { needInTeam } from '../rest/refusals.js';
import type { DraftRow } from '../store/messages.js';
import { draftKey } from '../store/messages.js';

const toDraft = (row: DraftRow) => ({ ...row, metadata: {} });

/** Sends a draft to the user's connections, except the one that the request names (protocol §6.5). */
function emitDraft(c: Context, event: 'draft_created' | 'draft_deleted', row: DraftRow): void {
  const own = c.request.headers['connection-id'];
  c.store.emit({
    event,
    data: { draft: toJson(toDraft(row)) },
    to: { userId: row.user_id, channelId: row.channel_id, ...(own ? { omitConnectionId: own } : {}) },
  });
}

const upsertDraft: Handler = (c) => {
  const {
    channel_id = '',
    root_id = '',
    message = '',
    props = {},
  } = c.fields('draft', {
    channel_id: 'string',
    root_id: 'string',
    message: 'string',
    props: 'object',
  });
  if (!c.world.permissions.inChannel(c.me, channel_id, 'create_post')) throw forbidden();
  const key = draftKey(c.me, channel_id, root_id);
  const old = c.store.drafts.get(key);
  // An empty draft is deleted without an event (protocol §11, trap 20).
  if (!message) {
    c.store.drafts.delete(key);
    return json(null, 201);
  }
  const row = c.store.drafts.put({
    create_at: old?.create_at ?? c.now,
    update_at: c.now,
    delete_at: 0,
    user_id: c.me,
    channel_id,
    root_id,
    message,
    type: '',
    props,
  });
  emitDraft(c, 'draft_created', row);
  return json(toDraft(row), 201);
};

const getDrafts: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId);
  const teamId = c.id('team_id');
  needInTeam(c, teamId, 'view_team');
  const rows = c.store.drafts
    .where('user', userId)
    .filter(({ channel_id }) => [teamId, ''].includes(c.store.channels.get(channel_id)?.team_id ?? ' '))
    .sort((a, b) => b.update_at - a.update_at);
  return json(rows.length > 0 ? rows.map(toDraft) : null);
};

const remove: Handler = (c) => {
  const userId = c.userId();
  c.needSelf(userId);
  const rootId = c.param('thread_id');
  const row = c.store.drafts.get(draftKey(userId, c.id('channel_id'), rootId));
  if (row) {
    c.store.drafts.delete(draftKey(userId, row.channel_id, rootId));
    emitDraft(c, 'draft_deleted', row);
  }
  return ok();
};

export const draftsArea: Area = {
  handlers: { upsertDraft, getDrafts, deleteDraft: remove, deleteThreadDraft: remove },
};
