import type { RequestOptions } from './ClaudeClient.js';

type HeadersLike = RequestOptions['headers'];

/**
 * Headers of several kinds as one. Later ones replace earlier ones, and `null` takes a header away, as with the SDK.
 */
export function mergeHeaders(...parts: readonly HeadersLike[]): Headers {
  const merged = new Headers();
  for (const part of parts) {
    for (const [name, value] of entriesOf(part)) {
      if (value === null) merged.delete(name);
      else if (value !== undefined) merged.set(name, value);
    }
  }
  return merged;
}

function entriesOf(headers: HeadersLike): Iterable<readonly [string, string | null | undefined]> {
  if (headers == null) return [];
  if (Symbol.iterator in headers) return headers as Iterable<[string, string | null]>;
  return Object.entries(headers as Record<string, string | null>);
}
