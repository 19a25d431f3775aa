import { isObject } from '../values/isObject.js';
import type { RequestOptions } from './ClaudeClient.js';

type HeadersLike = RequestOptions['headers'];

/** A header's name and value; `null` takes the header away. */
export type HeaderEntry = [name: string, value: string | null];

/** The entries of headers in any form that the SDK takes, with a name in small letters and as often as it has values. */
export function headerEntries(headers: HeadersLike): HeaderEntry[] {
  if (!isObject(headers)) return [];
  const pairs = Symbol.iterator in headers ? [...(headers as Iterable<[string, unknown]>)] : Object.entries(headers);
  return pairs.flatMap(([name, values]) =>
    [values].flat().flatMap((value): HeaderEntry[] => {
      if (value === undefined) return [];
      return [[name.toLowerCase(), value === null ? null : String(value)]];
    }),
  );
}

/** Headers of several kinds as one. Later ones replace earlier ones, as with the SDK. */
export function mergeHeaders(base: Headers, ...parts: readonly HeadersLike[]): Headers {
  const merged = new Headers(base);
  for (const entries of parts.map(headerEntries)) {
    for (const [name] of entries) merged.delete(name);
    for (const [name, value] of entries) {
      if (value !== null) merged.append(name, value);
    }
  }
  return merged;
}
