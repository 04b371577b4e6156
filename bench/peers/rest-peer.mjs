// Answers every request with the same user, straight from the socket: it costs less than any client, so the clients are what is measured.
// Asked for `sockets` it tells the most that were open at once.
import { createServer } from 'node:net';

const user = JSON.stringify({
  id: 'ix4543deptryfbqifj8gdw53pr',
  create_at: 1795459033943,
  update_at: 1795459033943,
  delete_at: 0,
  username: 'alice',
  auth_data: '',
  auth_service: '',
  email: 'alice@example.test',
  email_verified: true,
  nickname: 'al',
  first_name: 'Alice',
  last_name: 'Archer',
  position: 'Engineer',
  roles: 'system_user',
  notify_props: {
    channel: 'true',
    comments: 'never',
    desktop: 'mention',
    desktop_sound: 'true',
    desktop_threads: 'all',
    email: 'true',
    email_threads: 'all',
    first_name: 'false',
    mention_keys: '',
    push: 'mention',
    push_status: 'away',
    push_threads: 'all',
  },
  last_password_update: 1795459033943,
  locale: 'en',
  timezone: { automaticTimezone: '', manualTimezone: 'Europe/Berlin', useAutomaticTimezone: 'false' },
  disable_welcome_email: false,
});
const answer = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json',
    'Expires: 0',
    'Permissions-Policy: ',
    'Referrer-Policy: no-referrer',
    'Vary: Accept-Encoding',
    'X-Content-Type-Options: nosniff',
    'X-Request-Id: 1eu8gukp3bgs7kc6z1d9x3ygqw',
    'X-Version-Id: 11.6.0.bench.0d3723b82147f7084c784bd697a287e1.false',
    `Content-Length: ${Buffer.byteLength(user)}`,
    'Date: Wed, 01 Apr 2026 10:00:00 GMT',
    '',
    user,
  ].join('\r\n'),
);
const end = Buffer.from('\r\n\r\n');

let openSockets = 0;
let mostSockets = 0;

const server = createServer((socket) => {
  openSockets++;
  mostSockets = Math.max(mostSockets, openSockets);
  socket.on('close', () => openSockets--);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let answers = 0;
    for (let at = data.indexOf(end); at >= 0; at = data.indexOf(end)) {
      answers++;
      data = data.subarray(at + end.length);
    }
    rest = data;
    if (answers === 1) socket.write(answer);
    else if (answers > 1) socket.write(Buffer.concat(Array.from({ length: answers }, () => answer)));
  });
});
// A client may open a thousand at once.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send({ port: server.address().port }));
process.on('message', ({ sockets }) => sockets && process.send(mostSockets));
process.on('disconnect', () => process.exit());
