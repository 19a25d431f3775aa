import { isDeepStrictEqual } from 'node:util';

/**
 * Whether a value is what can be known of a JSON value when only the beginning of its text has been read: strings may
 * be cut, arrays and objects may have fewer entries, and only the last of them may itself be incomplete.
 */
export function isPrefix(partial: unknown, final: unknown): boolean {
  if (partial === undefined) return true;
  if (typeof partial === 'string') return typeof final === 'string' && final.startsWith(partial);
  if (Array.isArray(partial)) return Array.isArray(final) && isListPrefix(partial, final);
  if (!isRecord(partial)) return Object.is(partial, final);
  return isRecord(final) && isRecordPrefix(partial, final);
}

function isListPrefix(partial: readonly unknown[], final: readonly unknown[]): boolean {
  if (partial.length > final.length) return false;
  const last = partial.length - 1;
  return partial.every((item, at) => (at === last ? isPrefix(item, final[at]) : isDeepStrictEqual(item, final[at])));
}

/** Keys that look like numbers come first in JavaScript, so the order of keys says nothing about that of the text. */
function isRecordPrefix(partial: Record<string, unknown>, final: Record<string, unknown>): boolean {
  const keys = Object.keys(partial);
  const incomplete = keys.filter((key) => !isDeepStrictEqual(partial[key], final[key]));
  return (
    keys.every((key) => Object.hasOwn(final, key)) &&
    incomplete.length <= 1 &&
    incomplete.every((key) => isPrefix(partial[key], final[key]))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
