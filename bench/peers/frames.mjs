// What a server sends on a socket: its greeting, answers to actions, and events.
const userId = 'ix4543deptryfbqifj8gdw53pr';
export const channelId = 'ab4543deptryfbqifj8gdw53pr';
const broadcast = {
  omit_users: null,
  user_id: '',
  channel_id: channelId,
  team_id: '',
  connection_id: '',
  omit_connection_id: '',
};
const post = JSON.stringify({
  id: '9w4543deptryfbqifj8gdw53pr',
  create_at: 1795459033943,
  update_at: 1795459033943,
  edit_at: 0,
  delete_at: 0,
  is_pinned: false,
  user_id: userId,
  channel_id: channelId,
  root_id: '',
  original_id: '',
  message: 'The quick brown fox jumps over the lazy dog, and then "it" sits down to write a message of a usual length.',
  type: '',
  props: { disable_group_highlight: true },
  hashtags: '',
  file_ids: [],
  pending_post_id: `${userId}:1795459033900`,
  remote_id: '',
  reply_count: 0,
  last_reply_at: 0,
  participants: null,
  metadata: {},
});
const data = JSON.stringify({
  channel_display_name: 'Workshop',
  channel_name: 'workshop',
  channel_type: 'O',
  post,
  sender_name: '@alice',
  set_online: true,
  team_id: 'tm4543deptryfbqifj8gdw53pr',
});

/** A `posted` event, in turns in one of the two byte shapes (protocol §1.4). */
export function posted(seq) {
  const address = JSON.stringify(broadcast);
  return seq % 2
    ? `{"event":"posted","data":${data},"broadcast":${address},"seq":${seq}}\n`
    : `{"event": "posted", "data": ${data}, "broadcast": ${address}, "seq": ${seq}}`;
}

/** A `status_change` event. */
export function statusChange(seq) {
  const address = JSON.stringify({ ...broadcast, user_id: userId, channel_id: '' });
  return `{"event": "status_change", "data": {"status":"online","user_id":"${userId}"}, "broadcast": ${address}, "seq": ${seq}}`;
}

/** The greeting, which is event 0. */
export const hello = () =>
  `${JSON.stringify({
    event: 'hello',
    data: {
      connection_id: 'c14543deptryfbqifj8gdw53pr',
      server_hostname: 'bench',
      server_version: '11.6.0.bench.hash.true',
    },
    broadcast: { ...broadcast, user_id: userId, channel_id: '' },
    seq: 0,
  })}\n`;

/** The answer to an action. */
export function replyTo(text) {
  const { action, seq } = JSON.parse(text);
  const data =
    action === 'ping' ? { text: 'pong', version: '11.6.0', server_time: Date.now(), node_id: '' } : undefined;
  return `${JSON.stringify({ status: 'OK', seq_reply: seq, ...(data && { data }) })}\n`;
}
