// A socket that greets, answers pings, and on command writes a burst of `posted` frames as a server does, with one `status_change` at its
// end if wanted. The burst is made beforehand: time that a client waits for it would count as the client's.
import { WebSocketServer } from 'ws';
import { hello, posted, replyTo, statusChange } from './frames.mjs';

const sockets = new Set();

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
  socket.send(hello());
  socket.seq = 1;
  socket.on('message', (text) => socket.send(replyTo(text)));
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => {});
});
server.on('listening', () => process.send({ port: server.address().port }));
process.on('message', ({ prepare, last, burst }) => {
  for (const socket of sockets) {
    if (burst) socket._socket.write(socket.prepared);
    else {
      const frames = Array.from({ length: prepare }, (_, n) => textFrame(posted(socket.seq + n)));
      socket.seq += prepare;
      if (last) frames.push(textFrame(statusChange(socket.seq++)));
      socket.prepared = Buffer.concat(frames);
    }
  }
  if (prepare) process.send('prepared');
});
process.on('disconnect', () => process.exit());
