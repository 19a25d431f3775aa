/** What events tell of an error: plain JSON, without secrets, of whatever was thrown. */
import { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import * as fc from 'fast-check';
import { RxClaudeError, toErrorFacts } from 'rxclaude';
import { claudeApiError } from '../../../src/transport/response.js';
import { timeoutGuardError, truncatedStreamError } from '../../support/errors.js';
import { hostile } from '../../support/hostile.js';

const KEY = 'sk-ant-api03-abcdefghijkl';
const body = (type: string, message: string) => ({ type: 'error', error: { type, message } });

/** The facts, which must be plain JSON. */
function factsOf(error: unknown): object {
  const facts = toErrorFacts(error);
  expect(JSON.parse(JSON.stringify(facts))).toStrictEqual(facts);
  return facts;
}

describe('toErrorFacts', () => {
  it('of an error of this library: its tag, its facts, and where it was', () => {
    const error = Object.assign(timeoutGuardError('each', 30), { round: 2, attempt: 1 });
    const { message } = error;
    const name = 'TimeoutGuardError';
    expect(factsOf(error)).toStrictEqual({
      ...{ name, message, tag: name, limit: 'each', milliseconds: 30, round: 2, attempt: 1, retryable: true },
    });
  });

  it('leaves out what is not known', () => {
    expect(factsOf(truncatedStreamError({ lastEvent: undefined, events: 0 }))).toStrictEqual({
      name: 'TruncatedStreamError',
      message: 'The response was empty. Send the request again.',
      tag: 'TruncatedStreamError',
      events: 0,
      retryable: true,
    });
    const error = claudeApiError({ status: undefined, headers: undefined, error: 'a page' });
    expect(factsOf(error)).toStrictEqual({
      name: 'ClaudeApiError',
      message: 'The API answered in its stream: no message.',
      tag: 'ClaudeApiError',
      retryable: false,
    });
  });

  it('of a refusal: the same words, by the SDK and by fetchClient, and neither headers nor the body', () => {
    const headers = new Headers({ 'request-id': 'req_1', 'retry-after': '1', 'set-cookie': 'session' });
    const refused = body('rate_limit_error', 'Slow down');
    const theirs = APIError.generate(429, refused, undefined, headers);
    expect(factsOf(theirs)).toStrictEqual({
      name: 'RateLimitError',
      message: theirs.message,
      type: 'rate_limit_error',
      status: 429,
      request_id: 'req_1',
      retryable: true,
    });
    expect(factsOf(claudeApiError({ status: 429, headers, error: refused }))).toStrictEqual({
      name: 'ClaudeApiError',
      message: 'The API answered with status 429: Slow down.',
      tag: 'ClaudeApiError',
      type: 'rate_limit_error',
      status: 429,
      request_id: 'req_1',
      retryable: true,
    });
  });

  it('of others: name and message, and no field of theirs', () => {
    const error = Object.assign(new TypeError('fetch failed', { cause: new Error(KEY) }), { apiKey: 'x', code: 5 });
    expect(factsOf(error)).toStrictEqual({ name: 'TypeError', message: 'fetch failed', retryable: true });
    expect(factsOf(new APIConnectionError({ message: 'Connection error.' }))).toStrictEqual({
      name: 'APIConnectionError',
      message: 'Connection error.',
      retryable: true,
    });
    const odd = Object.assign(new Error('odd'), { name: 5, type: {}, status: NaN, requestID: 7 });
    expect(factsOf(odd)).toStrictEqual({ name: 'Error', message: 'odd', retryable: false });
  });

  it.each([
    ['boom', 'boom'],
    ['', ''],
    [5, '[object Number]'],
    [null, '[object Null]'],
    [undefined, '[object Undefined]'],
    [{ message: 5 }, '[object Number]'],
    [{ message: 'words' }, 'words'],
    [Object.create(null), '[object Object]'],
    [10n, '[object BigInt]'],
    [Symbol('x'), '[object Symbol]'],
  ])('of a thrown %p', (thrown, message) => {
    expect(factsOf(thrown)).toStrictEqual({ name: 'Error', message, retryable: false });
  });

  it('of a value that throws when it is looked at', () => {
    for (const value of hostile) {
      expect(factsOf(value)).toStrictEqual({ name: 'Error', message: expect.any(String) as unknown, retryable: false });
    }
    const headers = new Proxy({}, { get: () => null });
    expect(factsOf(Object.assign(new Error('boom'), { headers }))).toMatchObject({ message: 'boom' });
    const marked = Object.defineProperty({ message: 'boom' }, Symbol.for('rxclaude.error'), { value: true });
    expect(factsOf(marked)).toMatchObject({ message: 'boom' });
    const circular: Record<string, unknown> = { code: 'empty_history' };
    circular['self'] = circular;
    const error = new RxClaudeError('HistoryError', 'Circular.', { defects: [circular] as never });
    expect(factsOf(error)).toMatchObject({ message: 'Circular.' });
  });

  it.each([
    `Headers.append: "${KEY}\n" is an invalid header value.`,
    'Headers.append: "pa55word\n" is an invalid header value.',
    'Command failed: curl -u me:pa55word https://gateway.example',
    `Request failed: authorization: Bearer ${KEY}`,
    'Failed to fetch https://user:pa55word@gateway.example/v1',
    'Failed to fetch https://gateway.example/v1?api_key=pa55word',
    'x-api-key: pa55word',
    '{"api_key":"pa55word"}',
    'eyJhbGciOiJIUzI1NiJ9.pa55word.x',
  ])('hides what looks like a secret: %s', (message) => {
    const told = [
      factsOf(new Error(message)),
      factsOf(message),
      factsOf(new RxClaudeError('ProtocolError', message)),
      factsOf(truncatedStreamError({ lastEvent: 'ping', events: 1, cause: new Error(message) })),
    ];
    expect(JSON.stringify(told)).not.toMatch(/pa55word|abcdefghijkl/);
    expect(JSON.stringify(told)).toContain('[hidden]');
  });

  it('of anything at all: plain JSON, and it never throws', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    const fields = { message: anything, name: anything, type: anything, status: anything, requestID: anything };
    const error = fc.record(fields, { requiredKeys: [] }).map((own) => Object.assign(new Error('x'), own));
    fc.assert(
      fc.property(fc.oneof(anything, error), (thrown) => {
        expect(factsOf(thrown)).toMatchObject({
          name: expect.any(String) as unknown,
          message: expect.any(String) as unknown,
        });
      }),
    );
  });

  it('cuts a message that is long', () => {
    expect(toErrorFacts(new Error('x'.repeat(1_000_000))).message).toHaveLength(2_000);
  });
});
