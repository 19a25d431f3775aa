import { isObject } from '../values/isObject.js';
import { messageOf } from '../errors/messageOf.js';

/** What is read of an error of the SDK, `fetchClient` or this library. There can be two copies of each class. */
type Facts = Readonly<Record<PropertyKey, unknown>>;

/** The API's error types for trouble that passes. */
const PASSING_TYPES: readonly unknown[] = ['overloaded_error', 'api_error', 'timeout_error', 'rate_limit_error'];
/** Statuses below 500 that mean: try again later. */
const PASSING_STATUSES: readonly unknown[] = [408, 409, 429];
/** Headers that say how long to wait. */
const WAITS = ['retry-after-ms', 'retry-after'];
/** The SDK's errors for a failed connection. */
const CONNECTION_ERRORS: readonly unknown[] = ['APIConnectionError', 'APIConnectionTimeoutError'];
/** What `fetch` says when it cannot connect, in Node and in browsers. */
const FETCH_FAILED = /^(?:fetch failed|failed to fetch|networkerror|network error|load failed|terminated)/i;
/** Node's socket errors for a connection that failed or broke. */
const SOCKET_CODES: readonly unknown[] = [
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
];

/**
 * Tells whether the same request may succeed a moment later: the API is overloaded or has failed (408, 409, 429, 5xx,
 * and an `error` event of such a type in mid-stream), the connection failed or was cut, or Claude was silent for too
 * long.
 *
 * Not retryable are a wrong request (any other 4xx), a spend limit (a 429 without `retry-after`, or with such a code),
 * an abort, a limit on the total time, invalid events, and any response with `x-should-retry: false`.
 */
export function isRetryable(error: unknown): boolean {
  if (!isObject(error)) return false;
  if (isSpendLimit(error) || header(error, 'x-should-retry') === 'false') return false;
  if (typeof error['status'] === 'number') return error['status'] >= 500 || PASSING_STATUSES.includes(error['status']);
  return PASSING_TYPES.includes(error['type']) || isBrokenOff(error);
}

/**
 * How long the server asks to wait, in milliseconds; `undefined` when it does not.
 *
 * @param now In milliseconds since 1970, for a server that names a date.
 */
export function retryAfter(error: unknown, now: number): number | undefined {
  if (!isObject(error)) return undefined;
  const milliseconds = parseFloat(header(error, 'retry-after-ms') ?? '');
  if (milliseconds >= 0) return milliseconds;
  const asked = header(error, 'retry-after') ?? '';
  const seconds = Number(asked === '' ? NaN : asked);
  const wait = Number.isNaN(seconds) ? Date.parse(asked) - now : seconds * 1000;
  return wait >= 0 ? wait : undefined;
}

/** Waiting does not lift a limit on spending. */
function isSpendLimit(error: Facts): boolean {
  if (/spend_limit/.test(String(error['errorCode']))) return true;
  return error['status'] === 429 && WAITS.every((name) => header(error, name) === undefined);
}

function isBrokenOff(error: Facts): boolean {
  if (error['_tag'] === 'TruncatedStreamError') return true;
  if (error['_tag'] === 'TimeoutGuardError') return error['limit'] !== 'total';
  if (CONNECTION_ERRORS.includes(error['name'])) return true;
  if (SOCKET_CODES.includes(error['code'])) return true;
  return error['name'] === 'TypeError' && FETCH_FAILED.test(messageOf(error));
}

function header(error: Facts, name: string): string | undefined {
  const { headers } = error;
  if (!isObject(headers) || typeof headers['get'] !== 'function') return undefined;
  return (headers as unknown as Headers).get(name) ?? undefined;
}
