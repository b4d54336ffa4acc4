import http from 'node:http';

import { WebSocketServer } from 'ws';

import { subscribe } from './redis.js';

const health = '/api/v1/streaming/health';
const channels = new Map(); // stream name -> set of sockets

const server = http.createServer((request, response) => {
  const found = request.url === health;
  response.writeHead(found ? 200 : 404, { 'content-type': 'text/plain' });
  response.end(found ? 'OK' : 'Not found');
});

const publish = (stream, message) => {
  for (const socket of channels.get(stream) ?? []) {
    socket.send(JSON.stringify({ stream: [stream], ...message }));
  }
};

const join = (socket, stream) => {
  channels.set(stream, (channels.get(stream) ?? new Set()).add(socket));
};

const wss = new WebSocketServer({ server, path: '/api/v1/streaming' });

wss.on('connection', (socket, request) => {
  const query = new URL(request.url, 'http://localhost').searchParams;
  if (!query.has('access_token')) {
    socket.close(4401, 'an access token is needed');
    return;
  }
  if (query.has('stream')) join(socket, query.get('stream'));

  socket.on('message', (data) => {
    try {
      const { type, stream } = JSON.parse(data);
      if (type === 'subscribe') join(socket, stream);
    } catch (error) {
      socket.send(JSON.stringify({ error: error.message }));
    }
  });
  socket.on('close', () => {
    for (const sockets of channels.values()) sockets.delete(socket);
  });
});

if (process.env.REDIS_URL) {
  subscribe(process.env.REDIS_URL, 'timeline:*', (channel, text) => {
    publish(channel.replace(/^timeline:/, ''), JSON.parse(text));
  });
}

const port = Number(process.env.PORT ?? 4000);
server.listen(port, process.env.BIND ?? '127.0.0.1', () => {
  console.log(`Streaming on port ${port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => process.exit(0));
}
