// A loopback server in a process of its own: `node main.mjs KIND OPTIONS`, started by start.mjs.
import { createServer } from 'node:http';

const [kind, options] = process.argv.slice(2);
const { createAnswer } = await import(`./${kind}.mjs`);
const answer = createAnswer(JSON.parse(options), (message) => process.send?.(message));

const server = createServer(async (incoming, response) => {
  response.on('error', () => undefined);
  const pieces = [];
  for await (const piece of incoming) pieces.push(piece);
  answer(Buffer.concat(pieces).toString('latin1'), response);
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
