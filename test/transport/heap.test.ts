/** What a request leaves in memory once it is over: nothing, however it ended. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { claudeStream, converse, fetchClient } from 'rxclaude';
import type { ClaudeClient } from 'rxclaude';
import { heapInUse } from '../chaos/support/leftovers.js';
import { run } from '../conformance/support/run.js';
import { question } from '../conformance/support/talk.js';
import { textReply } from '../support/replies.js';
import { sample } from '../support/runs.js';
import { sdkClient } from '../support/sdkClient.js';
import { toSse } from '../support/sse.js';

const answer = textReply(['It ', 'is ', 'noon.']);
/** A server that answers every request alike, and remembers none. */
async function answering(
  events: readonly object[],
  how: 'end' | 'destroy',
): Promise<{ url: string; close: () => void }> {
  const body = toSse(events);
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_heap' });
      response.write(body, () => {
        setImmediate(() => (how === 'end' ? response.end() : response.destroy()));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, close };
}

const clients: readonly [string, (url: string) => ClaudeClient][] = [
  ['the SDK', (url) => sdkClient(url)],
  ['fetchClient', (url) => fetchClient({ baseURL: url })],
];
const ends: readonly [string, readonly object[], 'end' | 'destroy'][] = [
  ['a connection that is cut in mid-stream', answer.slice(0, 4), 'destroy'],
  ['a whole reply', answer, 'end'],
];
const streams: readonly [string, (client: ClaudeClient) => ReturnType<typeof converse>][] = [
  ['claudeStream', (client) => claudeStream(client, question)],
  ['converse', (client) => converse(client, question, { retry: false })],
];
const cases = streams.flatMap(([stream, streamOf]) =>
  clients.flatMap(([client, clientOf]) =>
    ends.map(([end, events, how]) => ({ stream, streamOf, client, clientOf, end, events, how })),
  ),
);

const RUNS = 100;
const KILOBYTE = 1024;

it.each(sample(cases))(
  '$stream over $client: $end leaves less than 2 KB',
  async ({ streamOf, clientOf, events, how }) => {
    const server = await answering(events, how);
    const client = clientOf(server.url);
    const runs = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) await run(streamOf(client));
    };
    await runs(60);
    const before = await heapInUse();
    await runs(RUNS);
    const left = ((await heapInUse()) - before) / RUNS;
    server.close();

    expect(left).toBeLessThan(2 * KILOBYTE);
  },
  60_000,
);
