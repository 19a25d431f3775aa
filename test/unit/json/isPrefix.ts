import { isDeepStrictEqual } from 'node:util';

/**
 * Tells whether a value can be what a reader shows on the way to `whole`: nothing yet, the beginning of a string (never
 * with half a surrogate pair at its end), the first elements of an array, some fields of an object. At most one thing
 * in each container is unfinished.
 */
export function isPrefix(shown: unknown, whole: unknown): boolean {
  if (shown === undefined || isDeepStrictEqual(shown, whole)) return true;
  if (typeof shown === 'string') {
    return typeof whole === 'string' && whole.startsWith(shown) && !splitsPair(shown, whole);
  }
  if (!isContainer(shown) || !isContainer(whole) || Array.isArray(shown) !== Array.isArray(whole)) return false;
  if (Object.getPrototypeOf(shown) !== Object.getPrototypeOf(whole)) return false;
  const keys = Object.keys(shown);
  if (Array.isArray(shown) && keys.some((key, index) => key !== String(index))) return false;
  if (!keys.every((key) => Object.hasOwn(whole, key))) return false;
  const unfinished = keys.filter((key) => !isDeepStrictEqual(shown[key], whole[key]));
  return unfinished.length === 0 || (unfinished.length === 1 && isUnfinished(shown, whole, unfinished[0] ?? ''));
}

function splitsPair(shown: string, whole: string): boolean {
  return /[\uD800-\uDBFF]$/.test(shown) && /^[\uDC00-\uDFFF]/.test(whole.slice(shown.length));
}

function isUnfinished(shown: Container, whole: Container, key: string): boolean {
  if (Array.isArray(shown) && Number(key) !== shown.length - 1) return false;
  return isPrefix(shown[key], whole[key]);
}

type Container = Record<string, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/** A deep copy, with the prototypes of this realm, which `structuredClone` does not keep under Jest. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyOf(field)]));
}
