/** What can go wrong on the wire, over real HTTP, and what becomes of it. */
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  BadRequestError,
  ContentTooLargeError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { claudeStream, converse } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { only, run } from '../conformance/support/run.js';
import { servers, sse } from '../conformance/support/servers.js';
import { question } from '../conformance/support/talk.js';
import { responded } from '../support/events.js';
import { textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { toSse } from '../support/sse.js';
import { tagged } from '../support/errors.js';

const { bytes } = servers();
const answer = textReply(['It ', 'is ', 'noon.']);
const json = { 'content-type': 'application/json', 'request-id': 'req_http' };
const errorBody = (type: string) =>
  JSON.stringify({ type: 'error', error: { type, message: `This is ${type}` }, request_id: 'req_http' });

let watch: RejectionWatch;
beforeEach(() => {
  watch = watchRejections();
});
afterEach(async () => {
  expect(await watch.seen()).toEqual([]);
});

describe('HTTP errors are those of the SDK', () => {
  it.each([
    [400, 'invalid_request_error', BadRequestError],
    [401, 'authentication_error', AuthenticationError],
    [403, 'permission_error', PermissionDeniedError],
    [404, 'not_found_error', NotFoundError],
    [413, 'request_too_large', ContentTooLargeError],
    [429, 'rate_limit_error', RateLimitError],
    [500, 'api_error', InternalServerError],
    [529, 'overloaded_error', OverloadedError],
  ])('HTTP %i %s', async (status, type, kind) => {
    const response = { status, headers: json, chunks: [errorBody(type)], then: 'end' as const };
    const server = await bytes(response, response);
    const client = sdkClient(server.url);

    const alone = await run(claudeStream(client, question));
    const whole = await run(converse(client.beta, question, { retry: false }));

    for (const { error } of [alone, whole]) {
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ status, type, requestID: 'req_http' });
    }
    expect(alone.events).toEqual([]);
    expect(server.requests).toHaveLength(2);
    expect(server.openSockets()).toBe(0);
  });

  it('a refused connection', async () => {
    const server = await bytes();
    await server.close();
    const { error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toBeInstanceOf(APIConnectionError);
  });

  it("the SDK's timeout before the headers", async () => {
    const server = await bytes({ chunks: [], headersAfterMs: Infinity, then: 'end' });
    const { error } = await run(claudeStream(sdkClient(server.url), question, { timeout: 30 }));
    expect(error).toBeInstanceOf(APIConnectionTimeoutError);
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });
});

describe("the SDK's retries", () => {
  const overloaded = {
    status: 529,
    headers: { ...json, 'retry-after-ms': '1' },
    chunks: [errorBody('overloaded_error')],
    then: 'end' as const,
  };

  it('529 twice, then 200: three requests, the events once', async () => {
    const server = await bytes(overloaded, overloaded, sse(answer));
    const { events, error } = await run(claudeStream(sdkClient(server.url, { maxRetries: 2 }), question));
    expect(error).toBeUndefined();
    expect(events).toEqual(answer);
    expect(server.requests).toHaveLength(3);
    expect(new Set(server.requests.map(({ raw }) => raw)).size).toBe(1);
  });

  it('529 more often than that: its error', async () => {
    const server = await bytes(overloaded, overloaded, overloaded);
    const options = { maxRetries: 2 };
    const { error } = await run(claudeStream(sdkClient(server.url), question, options));
    expect(error).toBeInstanceOf(OverloadedError);
    expect(server.requests).toHaveLength(3);
  });

  it('nothing is retried after the headers', async () => {
    const server = await bytes(sse(answer.slice(0, 3)), sse(answer));
    const { error } = await run(claudeStream(sdkClient(server.url, { maxRetries: 2 }), question));
    expect(error).toEqual(tagged('TruncatedStreamError'));
    expect(server.requests).toHaveLength(1);
  });
});

describe('error events', () => {
  const headers = { 'request-id': 'req_stream' };
  const event = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_body' };

  it.each([
    ['first', []],
    ['after message_start', answer.slice(0, 1)],
    ['midway', answer.slice(0, 5)],
    ['in place of message_stop', answer.slice(0, -1)],
  ])('%s: what came, then the APIError with its type and request id', async (_where, before) => {
    const server = await bytes({ ...sse([...before, event]), headers }, { ...sse([...before, event]), headers });
    const client = sdkClient(server.url);

    const { events, error } = await run(claudeStream(client, question));

    expect(events).toEqual(responded('req_stream', before));
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ type: 'overloaded_error', status: undefined, requestID: 'req_stream', error: event });
    // The very same as the SDK's own stream throws.
    const sdk = await client.beta.messages
      .stream(question as never)
      .done()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: (sdk as Error).message });
    expect(server.openSockets()).toBe(0);
  });

  it.each([
    ['no JSON', 'event: error\ndata: Bad gateway\n\n'],
    ['no data', 'event: error\ndata:\n\n'],
    ['null', 'event: error\ndata: null\n\n'],
  ])('with %s: an APIError all the same', async (_what, chunk) => {
    const server = await bytes({ chunks: [toSse(answer.slice(0, 3)), chunk], then: 'end' });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toHaveLength(3);
    expect(error).toBeInstanceOf(APIError);
  });

  it('what comes behind it is not read', async () => {
    const server = await bytes({ chunks: [toSse([...answer.slice(0, 2), event, ...answer.slice(2)])], then: 'hang' });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toHaveLength(2);
    expect(error).toBeInstanceOf(APIError);
    await server.closed(1);
  });
});

describe('cut and empty streams', () => {
  // Node's fetch takes the end of a connection that was to be closed anyway for the end of the body.
  it.each([
    ['to be kept alive', 'keep-alive', true],
    ['to be closed', 'close', false],
  ])(
    'a cut socket, %s: TruncatedStreamError, with its cause where there is one',
    async (_what, connection, hasCause) => {
      const headers = { connection, 'request-id': 'req_cut' };
      const server = await bytes({ ...sse(answer.slice(0, 4), 'destroy'), headers });
      const { events, error } = await run(claudeStream(sdkClient(server.url), question));
      expect(events).toEqual(responded('req_cut', answer.slice(0, 4)));
      expect(error).toEqual(tagged('TruncatedStreamError'));
      expect(error).toMatchObject({ events: 4, lastEvent: 'content_block_delta', requestId: 'req_cut' });
      // Errors of Node's own are not of the class that a test sees.
      expect(String((error as Error).cause)).toBe(hasCause ? 'TypeError: terminated' : 'undefined');
    },
  );

  it('a cut socket behind message_stop: the reply is whole', async () => {
    const server = await bytes({ ...sse(answer, 'destroy'), headers: { connection: 'keep-alive' } });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toEqual(answer);
    expect(error).toBeUndefined();
  });

  it('a cut inside a line: the half event is not read', async () => {
    const half = toSse(answer.slice(0, 5)).slice(0, -20);
    const server = await bytes({ chunks: [half], then: 'end' });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toEqual(answer.slice(0, 4));
    expect(error).toMatchObject({ _tag: 'TruncatedStreamError', lastEvent: 'content_block_delta' });
    expect(error).not.toHaveProperty('cause');
  });

  it('a message_stop without its blank line is no message_stop', async () => {
    const server = await bytes({ chunks: [toSse(answer).slice(0, -1)], then: 'end' });
    const { error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toMatchObject({ _tag: 'TruncatedStreamError', lastEvent: 'message_delta' });
  });

  it('a message_stop without message_start is no message', async () => {
    const server = await bytes(sse([{ type: 'message_stop' }]));
    const { error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toEqual(tagged('TruncatedStreamError'));
  });

  it('an empty body', async () => {
    const server = await bytes({ chunks: [], then: 'end' });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toEqual([]);
    expect(error).toMatchObject({ _tag: 'TruncatedStreamError', events: 0, lastEvent: undefined });
    expect((error as Error).message).toContain('empty');
  });

  it('a 204 without a body', async () => {
    const server = await bytes({ status: 204, chunks: [], then: 'end' });
    const { error, completed } = await run(claudeStream(sdkClient(server.url), question));
    expect(completed).toBe(false);
    expect(error).toBeInstanceOf(Error);
  });
});

describe('bodies of another kind', () => {
  it('a JSON message: UnexpectedResponseError with the status and the request id', async () => {
    const body = JSON.stringify({ type: 'message', role: 'assistant', content: [] });
    const server = await bytes({ headers: json, chunks: [body], then: 'hang' });
    const { error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toEqual(tagged('UnexpectedResponseError'));
    expect(error).toMatchObject({ status: 200, requestId: 'req_http', found: 'a body of type application/json' });
    await server.closed(1);
    expect(server.openSockets()).toBe(0);
  });

  it('a 200 with HTML: an error', async () => {
    const html = { headers: { 'content-type': 'text/html' }, chunks: ['<html>Sign in</html>'], then: 'end' as const };
    const server = await bytes(html);
    const { events, error, completed } = await run(claudeStream(sdkClient(server.url), question));
    expect(completed).toBe(false);
    expect(events).toEqual([]);
    expect(error).toMatchObject({ name: expect.stringMatching(/UnexpectedResponse|TruncatedStream/) as unknown });
  });

  it('a stream whose content type was lost on the way is read all the same', async () => {
    const server = await bytes({ ...sse(answer), headers: { 'content-type': 'text/plain' } });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toBeUndefined();
    expect(events.filter(({ type }) => type !== 'ping')).toEqual(answer.filter((event) => !isPing(event)));
  });

  it('data that is not JSON: ProtocolError that names the event', async () => {
    const server = await bytes({
      chunks: [toSse(answer.slice(0, 2)), 'event: content_block_delta\ndata: {"x\n\n'],
      then: 'hang',
    });
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toHaveLength(2);
    expect(error).toEqual(tagged('ProtocolError'));
    expect((error as Error).message).toContain('content_block_delta');
    await server.closed(1);
  });

  it('data that is JSON but no event: ProtocolError', async () => {
    const server = await bytes({
      chunks: [toSse(answer.slice(0, 2)), 'event: content_block_delta\ndata: 7\n\n'],
      then: 'end',
    });
    const { error } = await run(claudeStream(sdkClient(server.url), question));
    expect(error).toEqual(tagged('ProtocolError'));
  });

  it('two messages in one body: ProtocolError, after the first one', async () => {
    const server = await bytes(sse([...answer, ...answer]));
    const { events, error } = await run(claudeStream(sdkClient(server.url), question));
    expect(events).toEqual(answer);
    expect(error).toEqual(tagged('ProtocolError'));
    expect(only(events, 'message_stop')).toHaveLength(1);
  });
});

const isPing = (event: object): boolean => 'type' in event && event.type === 'ping';
