/** The SDK's own Stream, where a client of another shape hands it on. */
import { claudeStream } from 'rxclaude';
import type { ClaudeClient, ClaudeEvent } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { pause, run, start } from '../conformance/support/run.js';
import { servers, sse } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';

const { bytes } = servers();
const answer = textReply(['It ', 'is ', 'noon.']) as ClaudeEvent[];

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  expect(await watch.seen()).toEqual([]);
});

type Create = (params: Record<string, unknown>, options: { readonly signal: AbortSignal }) => unknown;
const client = (create: Create): ClaudeClient => ({ messages: { create: create as never } });

describe("the SDK's own Stream", () => {
  async function sdkStream(then: 'end' | 'hang') {
    const server = await bytes(sse(then === 'end' ? answer : answer.slice(0, 4), then));
    const stream = await sdkClient(server.url).messages.create({
      ...(question as never as object),
      stream: true,
    } as never);
    return { server, stream: stream as unknown as AsyncIterable<ClaudeEvent> & { controller: AbortController } };
  }

  it('as a plain promise: without pings, which it hides', async () => {
    const { stream } = await sdkStream('end');
    const { events, error } = await run(
      claudeStream(
        client(async () => stream),
        question,
      ),
    );
    expect(error).toBeUndefined();
    expect(events).toEqual(answer.filter(({ type }) => type !== 'ping'));
  });

  it('aborted by its own controller: its AbortError', async () => {
    const { stream, server } = await sdkStream('hang');
    const running = start(
      claudeStream(
        client(() => stream),
        question,
      ),
    );
    await running.until(({ type }) => type === 'content_block_delta');

    stream.controller.abort();

    expect((await running.outcome).error).toMatchObject({ name: 'AbortError' });
    await server.closed(1);
  });

  it('is closed when its reader leaves, by the signal that the client was given', async () => {
    const server = await bytes(sse(answer.slice(0, 4), 'hang'));
    const sdk = sdkClient(server.url);
    const running = start(
      claudeStream(
        client(async (params, options) => sdk.messages.create(params as never, options)),
        question,
      ),
    );
    await running.until(({ type }) => type === 'content_block_delta');

    running.subscription.unsubscribe();
    await server.closed(1);

    expect(server.openSockets()).toBe(0);
  });

  it('is closed when its reader leaves, although the client dropped the signal', async () => {
    const { stream, server } = await sdkStream('hang');
    const running = start(
      claudeStream(
        client(async () => stream),
        question,
      ),
    );
    await running.until(({ type }) => type === 'content_block_delta');

    running.subscription.unsubscribe();
    const closed = await Promise.race([server.closed(1).then(() => true), pause(300).then(() => false)]);

    expect(closed).toBe(true);
    expect(server.openSockets()).toBe(0);
  });
});
