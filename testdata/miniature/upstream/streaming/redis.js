import net from 'node:net';
import tls from 'node:tls';

// The part of Redis's protocol that a subscriber needs.
const command = (...words) =>
  `*${words.length}\r\n` + words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');

// Reads the reply that starts at a byte of the buffer: [value, next byte], or null while it is not whole.
const read = (buffer, start) => {
  const end = buffer.indexOf('\r\n', start);
  if (end < 0) return null;
  const kind = String.fromCharCode(buffer[start]);
  const line = buffer.toString('utf8', start + 1, end);
  let next = end + 2;

  if (kind === '-') throw new Error(`Redis says: ${line}`);
  if (kind === '$') {
    const last = next + Number(line);
    return buffer.length < last + 2 ? null : [buffer.toString('utf8', next, last), last + 2];
  }
  if (kind !== '*') return [line, next];

  const values = [];
  while (values.length < Number(line)) {
    const part = read(buffer, next);
    if (!part) return null;
    values.push(part[0]);
    next = part[1];
  }
  return [values, next];
};

// Calls back with channel and text of each message on the channels of a pattern; connects again when cut off.
export const subscribe = (address, pattern, onMessage) => {
  const url = new URL(address);
  const connect = url.protocol === 'rediss:' ? tls.connect : net.connect;
  const socket = connect({ host: url.hostname, port: Number(url.port || 6379), servername: url.hostname });
  let pending = Buffer.alloc(0);

  socket.on(url.protocol === 'rediss:' ? 'secureConnect' : 'connect', () => {
    if (url.password) socket.write(command('AUTH', url.username || 'default', decodeURIComponent(url.password)));
    socket.write(command('PSUBSCRIBE', pattern));
  });
  socket.on('data', (data) => {
    pending = Buffer.concat([pending, data]);
    for (let reply = read(pending, 0); reply; reply = read(pending, 0)) {
      pending = pending.subarray(reply[1]);
      const [kind, , channel, text] = reply[0];
      if (kind === 'pmessage') onMessage(channel, text);
    }
  });
  socket.on('error', (error) => console.error(`Redis: ${error.message}`));
  socket.on('close', () => setTimeout(() => subscribe(address, pattern, onMessage), 1000));
};
