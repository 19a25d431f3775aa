/** Which errors are worth another attempt: those of the SDK itself, of `fetchClient`, of `fetch`, and our own. */
import Anthropic, { AnthropicError, APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import { APIUserAbortError } from '@anthropic-ai/sdk';
import { isRetryable } from 'rxclaude';
import { historyError, optionError, toolDefinitionError } from '../../../src/errors/failures.js';
import { retryAfter } from '../../../src/retry/isRetryable.js';
import { claudeApiError } from '../../../src/transport/response.js';
import {
  circuitOpenError,
  limitError,
  missingToolResultError,
  protocolError,
  timeoutGuardError,
  truncatedStreamError,
  unexpectedResponseError,
} from '../../support/errors.js';

type Makers = Record<
  string,
  (status: number | undefined, type: string, headers?: Record<string, string>, code?: string) => Error
>;

const body = (type: string, error_code?: string) => ({
  type: 'error',
  error: { type, message: 'No.', ...(error_code !== undefined && { details: { error_code } }) },
});

/** The same refusal, as the SDK makes it of a response or of an `error` event, and as `fetchClient` does. */
const makers: Makers = {
  SDK: (status, type, headers = {}, code) =>
    status === undefined
      ? new APIError(undefined, body(type, code), undefined, new Headers(headers))
      : APIError.generate(status, body(type, code), 'No.', new Headers(headers)),
  fetchClient: (status, type, headers = {}, code) =>
    claudeApiError({ status, headers: new Headers(headers), error: body(type, code) }),
};

describe.each(Object.entries(makers))('a refusal, made by the %s', (_, make) => {
  it.each<[number, string, boolean]>([
    [400, 'invalid_request_error', false],
    [401, 'authentication_error', false],
    [402, 'billing_error', false],
    [403, 'permission_error', false],
    [404, 'not_found_error', false],
    [408, 'timeout_error', true],
    [409, 'conflict_error', true],
    [412, 'precondition_failed', false],
    [413, 'request_too_large', false],
    [422, 'invalid_request_error', false],
    [431, 'invalid_request_error', false],
    [499, 'api_error', false],
    [500, 'api_error', true],
    [501, 'api_error', true],
    [502, 'api_error', true],
    [503, 'api_error', true],
    [504, 'timeout_error', true],
    [520, 'api_error', true],
    [529, 'overloaded_error', true],
  ])('with status %i %s: %p', (status, type, expected) => {
    expect(isRetryable(make(status, type))).toBe(expected);
  });

  it('with status 429: when the server says how long to wait', () => {
    expect(isRetryable(make(429, 'rate_limit_error', { 'retry-after': '5' }))).toBe(true);
    expect(isRetryable(make(429, 'rate_limit_error', { 'retry-after-ms': '5' }))).toBe(true);
  });

  it('not with a spend limit: a 429 that says no such thing, or has the code for it', () => {
    expect(isRetryable(make(429, 'rate_limit_error'))).toBe(false);
    const wait = { 'retry-after': '5' };
    expect(isRetryable(make(429, 'rate_limit_error', wait, 'spend_limit_reached'))).toBe(false);
    expect(isRetryable(make(undefined, 'rate_limit_error', {}, 'workspace_spend_limit'))).toBe(false);
    expect(isRetryable(make(429, 'rate_limit_error', wait, 'requests_per_minute'))).toBe(true);
  });

  it.each<[string, boolean]>([
    ['overloaded_error', true],
    ['api_error', true],
    ['timeout_error', true],
    ['rate_limit_error', true],
    ['invalid_request_error', false],
    ['authentication_error', false],
    ['permission_error', false],
    ['not_found_error', false],
    ['request_too_large', false],
    ['billing_error', false],
    ['error_of_the_future', false],
  ])('in mid-stream, %s: %p', (type, expected) => {
    expect(isRetryable(make(undefined, type))).toBe(expected);
  });

  it('is not, when the server says so by x-should-retry; it cannot make a wrong request right', () => {
    expect(isRetryable(make(400, 'invalid_request_error', { 'x-should-retry': 'true' }))).toBe(false);
    expect(isRetryable(make(429, 'rate_limit_error', { 'x-should-retry': 'true' }))).toBe(false);
    expect(isRetryable(make(529, 'overloaded_error', { 'x-should-retry': 'false' }))).toBe(false);
    expect(isRetryable(make(undefined, 'overloaded_error', { 'x-should-retry': 'false' }))).toBe(false);
    expect(isRetryable(make(529, 'overloaded_error', { 'x-should-retry': 'perhaps' }))).toBe(true);
  });
});

describe('a connection', () => {
  it.each<[string, unknown, boolean]>([
    ['that did not come about, by the SDK', new APIConnectionError({ message: 'Connection error.' }), true],
    ['that took too long, by the SDK', new APIConnectionTimeoutError(), true],
    ['of a socket that was reset', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), true],
    ['of a socket that nobody answered', Object.assign(new Error('connect'), { code: 'ETIMEDOUT' }), true],
    ['of undici that broke', Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }), true],
    ['of undici that was silent', Object.assign(new Error('Body Timeout'), { code: 'UND_ERR_BODY_TIMEOUT' }), true],
    ['to a host that there is not', Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), false],
    ['that was aborted, by the SDK', new APIUserAbortError(), false],
    ['that was aborted, by fetch', new DOMException('This operation was aborted', 'AbortError'), false],
    ['that was aborted by a timeout signal', new DOMException('The operation timed out', 'TimeoutError'), false],
    ['in Node', new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }), true],
    ['cut in Node', new TypeError('terminated'), true],
    ['in Chrome', new TypeError('Failed to fetch'), true],
    ['cut in Chrome', new TypeError('network error'), true],
    ['in Firefox', new TypeError('NetworkError when attempting to fetch resource.'), true],
    ['in Safari', new TypeError('Load failed'), true],
    ['of a program that is wrong', new TypeError("Cannot read properties of undefined (reading 'id')"), false],
    ['whose program is wrong about it', new TypeError("Cannot read properties of undefined (reading 'socket')"), false],
    ['to an address that is none', new TypeError('Invalid URL'), false],
    ['of another kind of error', new RangeError('fetch failed'), false],
  ])('%s', (_, error, expected) => {
    expect(isRetryable(error)).toBe(expected);
  });
});

describe('an error of ours', () => {
  it.each<[string, unknown, boolean]>([
    ['a reply without its end', truncatedStreamError({ lastEvent: 'ping', events: 1 }), true],
    ['silence before the first event', timeoutGuardError('first', 5), true],
    ['silence between two events', timeoutGuardError('each', 5), true],
    ['a reply that takes too long', timeoutGuardError('total', 5), false],
    ['events that cannot be', protocolError('Odd.'), false],
    ['a bound', limitError('maxEventChars', 5, 'Too much'), false],
    ['an open circuit', circuitOpenError(5, 5), false],
    ['a history', historyError([]), false],
    ['a missing result', missingToolResultError(1, ['a']), false],
    ['an option', optionError('f.n', 'a number', 'x'), false],
    ['a tool', toolDefinitionError('add', 'it is odd.'), false],
    ['a page in place of a stream', unexpectedResponseError({ found: 'a page', status: 200 }), false],
  ])('%s', (_, error, expected) => {
    expect(isRetryable(error)).toBe(expected);
  });
});

describe('whatever else is thrown is not tried again:', () => {
  it.each([undefined, null, 'overloaded_error', 529, true, {}, [], new Error('boom'), new AnthropicError('boom')])(
    '%p',
    (thrown) => {
      expect(isRetryable(thrown)).toBe(false);
    },
  );

  it('headers that are no Headers are not read', () => {
    const error = { status: 429, headers: { 'retry-after': '5', 'x-should-retry': 'true' } };
    expect(isRetryable(error)).toBe(false);
    expect(retryAfter(error, 0)).toBeUndefined();
  });
});

it('knows what a real client fails with when nobody answers', async () => {
  const client = new Anthropic({
    apiKey: 'x',
    maxRetries: 0,
    fetch: () => Promise.reject(new TypeError('fetch failed')),
  });
  const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'x' }] };
  const error: unknown = await client.messages.create(request).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(APIConnectionError);
  expect(isRetryable(error)).toBe(true);
});
