import * as t from 'io-ts';
import { lastValueFrom, toArray } from 'rxjs';
import { converse, defineTool } from 'rxclaude';
import { sdkClient, sdkFinalMessage } from './support/sdkClient.js';
import { strictServer } from './support/strictServer.js';
import { reply, textReply, thinking, toolUse } from './support/replies.js';
import { describeRecordings, recordings } from './support/recordings.js';
import { serveBytes } from './support/sseServer.js';
import { claudeStream, accumulateMessage } from 'rxclaude';

it('runs', async () => {
  const add = defineTool({ name: 'add', description: 'a', input: t.type({ a: t.number }), run: ({ a }) => a + 1 });
  const server = await strictServer([
    { events: reply({ content: [thinking(''), 'Adding.', toolUse({ id: 't1', name: 'add', input: { a: 1 }, pieceSize: 3 }), toolUse({ id: 't2', name: 'add', input: { a: 'x' } })] }), pings: true },
    { events: textReply(['It is ', '2.']), delayMs: 1 },
  ]);
  const events = await lastValueFrom(converse(sdkClient(server.url), { model: 'claude-opus-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], tools: [add] }).pipe(toArray()));
  console.log(events.map((e) => e.type).join(' '), JSON.stringify(events.at(-1), null, 1), server.refusals);
  await server.close();
});
describeRecordings('rec', () => {
  it.each(recordings().map((r) => [r.name, r] as const))('%s', async (_n, r) => {
    const server = await serveBytes([{ chunks: [r.bytes], then: 'end' }, { chunks: [r.bytes], then: 'end' }]);
    const got = await lastValueFrom(claudeStream(sdkClient(server.url).beta, { model: 'm', max_tokens: 1, messages: [] }).pipe(accumulateMessage())).catch((e: unknown) => e);
    const want = await sdkFinalMessage(sdkClient(server.url), { model: 'm', max_tokens: 1, messages: [{role:'user',content:'x'}] }).catch((e: unknown) => e);
    await server.close();
    if (want instanceof Error) { console.log(String(got), String(want)); expect(got).toBeInstanceOf(Error); }
    else { const { parsed_output: _, ...w } = JSON.parse(JSON.stringify(want)); expect(JSON.parse(JSON.stringify(got))).toEqual(w); }
  });
});
