// A socket that greets, answers pings, and on command writes a burst of `posted` frames as a server does, in both byte shapes. The burst is
// made beforehand: what a client waits for would count as its own time.
import { WebSocketServer } from 'ws';

const sockets = new Set();
const userId = 'ix4543deptryfbqifj8gdw53pr';
const channelId = 'ab4543deptryfbqifj8gdw53pr';
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
const spaced = (seq) =>
  `{"event": "posted", "data": ${data}, "broadcast": ${JSON.stringify(broadcast)}, "seq": ${seq}}`;
const compact = (seq) => `{"event":"posted","data":${data},"broadcast":${JSON.stringify(broadcast)},"seq":${seq}}\n`;

/** An unmasked text frame, its length in 16 bits: right for 126 to 65,535 bytes. */
function textFrame(text) {
  const body = Buffer.from(text);
  const frame = Buffer.allocUnsafe(body.length + 4);
  frame[0] = 0x81;
  frame[1] = 126;
  frame.writeUInt16BE(body.length, 2);
  body.copy(frame, 4);
  return frame;
}

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.seq = 0;
  const hello = {
    event: 'hello',
    data: {
      connection_id: 'c14543deptryfbqifj8gdw53pr',
      server_hostname: 'bench',
      server_version: '11.6.0.bench.hash.true',
    },
    broadcast: { ...broadcast, user_id: userId, channel_id: '' },
    seq: socket.seq++,
  };
  socket.send(`${JSON.stringify(hello)}\n`);
  socket.on('message', (text) => {
    const { action, seq } = JSON.parse(text);
    const reply =
      action === 'ping' ? { text: 'pong', version: '11.6.0', server_time: Date.now(), node_id: '' } : undefined;
    socket.send(`${JSON.stringify({ status: 'OK', seq_reply: seq, ...(reply && { data: reply }) })}\n`);
  });
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => {});
});
server.on('listening', () => process.send({ port: server.address().port }));
process.on('message', ({ prepare, burst }) => {
  for (const socket of sockets) {
    if (burst) socket._socket.write(socket.prepared);
    else {
      const frames = Array.from({ length: prepare }, (_, n) => textFrame((n % 2 ? compact : spaced)(socket.seq + n)));
      socket.seq += prepare;
      socket.prepared = Buffer.concat(frames);
    }
  }
  if (prepare) process.send('prepared');
});
process.on('disconnect', () => process.exit());
