import { describeRecordings, recordings, recordingsOf } from './recordings.js';
import { textReply } from './replies.js';
import { sdkClient, sdkFinalMessage } from './sdkClient.js';
import { serveBytes, singleBytes } from './sseServer.js';
import type { SseServer } from './sseServer.js';
import { toSse } from './sse.js';

const open: SseServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()));
});

describe('scripted bytes', () => {
  async function serve(...script: Parameters<typeof serveBytes>[0]): Promise<SseServer> {
    const server = await serveBytes(script);
    open.push(server);
    return server;
  }
  const request = { model: 'claude-opus-5-5', max_tokens: 9, messages: [{ role: 'user' as const, content: 'Hi' }] };

  it('arrive byte by byte as the SDK understands them', async () => {
    const body = new TextEncoder().encode(toSse(textReply(['Gr', 'üße \u{1F600}'])));
    const server = await serve({ chunks: singleBytes(body), then: 'end' });
    const message = await sdkFinalMessage(sdkClient(server.url), request);
    expect(message.content).toEqual([{ type: 'text', text: 'Grüße \u{1F600}' }]);
    expect(server.requests[0]).toMatchObject({ method: 'POST', body: { ...request, stream: true } });
  });

  it('arrive byte by byte in reasonable time', async () => {
    const words = Array.from({ length: 500 }, (_none, at) => `word ${String(at)} `);
    const body = new TextEncoder().encode(toSse(textReply(words)));
    const server = await serve({ chunks: singleBytes(body), then: 'end' });
    const message = await sdkFinalMessage(sdkClient(server.url), request);
    expect(message.content).toEqual([{ type: 'text', text: words.join('') }]);
  });

  it('show a cut, and an abort by the client', async () => {
    const start = toSse(textReply('Hi').slice(0, 3));
    const server = await serve(
      { chunks: [start], then: 'destroy' },
      { chunks: [start], then: 'hang' },
      { chunks: [], headersAfterMs: Infinity, then: 'end' },
    );
    const client = sdkClient(server.url);
    await expect(sdkFinalMessage(client, request)).rejects.toThrow();

    const stream = await client.messages.create({ ...request, stream: true });
    stream.controller.abort();
    await server.closed(2);

    const pending = client.messages.create({ ...request, stream: true }, { signal: AbortSignal.timeout(20) });
    await expect(pending).rejects.toThrow('aborted');
    await server.closed(3);
    expect(server.openSockets()).toBe(0);
  });
});

describeRecordings('recordings', () => {
  it('have every round of a set in order', () => {
    for (const { set, rounds } of recordings()) expect(recordingsOf(set).length).toBeLessThanOrEqual(rounds);
  });
});
