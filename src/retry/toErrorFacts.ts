import { hideSecrets } from '../values/hideSecrets.js';
import type { ErrorFacts } from '../errors/ErrorFacts.js';
import { messageOf } from '../errors/messageOf.js';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import { isObject } from '../values/isObject.js';
import { isRetryable } from './isRetryable.js';

/** The most characters of a message: a proxy's error page can be long. */
const LONGEST = 2_000;

/**
 * Describes any thrown value as plain JSON that may leave the process: an error of this library with its tag and facts,
 * one of the SDK or of `fetch` with name, message, type, status and request id, anything else with name and message.
 *
 * Headers, bodies, causes and other fields are left out, and anything that looks like a secret is hidden. It never
 * throws, even for a value that throws when it is read.
 *
 * @example
 * ```ts
 * import { toErrorFacts } from 'rxclaude';
 *
 * toErrorFacts(new TypeError('fetch failed')); // { name: 'TypeError', message: 'fetch failed', retryable: true }
 * ```
 */
export function toErrorFacts(error: unknown): ErrorFacts {
  try {
    const facts = { ...(RxClaudeError.is(error) ? error.toJSON() : foreign(error)), retryable: isRetryable(error) };
    return JSON.parse(JSON.stringify(facts, told)) as ErrorFacts;
  } catch {
    return { name: 'Error', message: shown(messageOf(error)), retryable: false };
  }
}

function foreign(error: unknown): object {
  const { name, type, status, requestID } = isObject(error) ? error : {};
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: messageOf(error),
    type: typeof type === 'string' ? type : undefined,
    status: Number.isInteger(status) ? status : undefined,
    request_id: typeof requestID === 'string' ? requestID : undefined,
  };
}

function told(_: string, value: unknown): unknown {
  if (value === null) return undefined;
  return typeof value === 'string' ? shown(value) : value;
}

function shown(text: string): string {
  return hideSecrets(text).slice(0, LONGEST);
}
