import { isObject } from '../../src/values/isObject.js';
import { Exactly } from './exactly.js';
import { preview } from './preview.js';

/** Where two values differ. */
export interface Difference {
  /** The path to it, such as `result.content`; empty for the values themselves. */
  readonly path: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** A matcher of Jest, Vitest or Jasmine, such as `expect.any(String)`. */
interface AsymmetricMatcher {
  asymmetricMatch(found: unknown): unknown;
  /** The argument of `objectContaining` and the like. */
  readonly sample?: unknown;
  readonly inverse?: unknown;
}

/**
 * The first difference between a value and the expected one; `undefined` when there is none.
 *
 * A field that is `undefined` counts as absent, and classes do not count. An error must have the name, the message and the
 * fields of the expected one; it may have more, such as the round in which it happened. A matcher such as
 * `expect.any(String)` is equal to what it matches.
 *
 * @param partly Whether objects may have other fields, too.
 */
export function findDifference(found: unknown, expected: unknown, partly = false): Difference | undefined {
  return compare(found, expected, { partly, path: [], seen: new Map() });
}

interface Comparison {
  readonly partly: boolean;
  readonly path: string[];
  /** The objects that contain this one, so that a cycle ends. */
  readonly seen: Map<unknown, unknown>;
}

function compare(found: unknown, expected: unknown, comparison: Comparison): Difference | undefined {
  const different = (): Difference => ({ path: comparison.path.join('.'), expected, found });
  if (expected instanceof Exactly) return compare(found, expected.value, { ...comparison, partly: false });
  if (isMatcher(expected)) {
    if (expected.asymmetricMatch(found) === true) return undefined;
    return differenceInside(found, expected, comparison) ?? different();
  }
  if (Object.is(found, expected)) return undefined;
  if (!isObject(found) || !isObject(expected)) return different();
  if (Array.isArray(found) !== Array.isArray(expected)) return different();
  if (found instanceof Date && expected instanceof Date && found.getTime() !== expected.getTime()) return different();
  if (comparison.seen.get(expected) === found) return undefined;
  comparison.seen.set(expected, found);
  const [left, right] = [entriesOf(found), entriesOf(expected)];
  const loose = (comparison.partly && !Array.isArray(expected)) || expected instanceof Error;
  const keys = loose ? right.keys() : new Set([...right.keys(), ...left.keys()]);
  for (const key of keys) {
    comparison.path.push(key);
    const difference = compare(left.get(key), right.get(key), comparison);
    comparison.path.pop();
    if (difference !== undefined) return difference;
  }
  comparison.seen.delete(expected);
  return undefined;
}

/** The fields of an object, the entries of a map, the items of a set. */
function entriesOf(value: Record<PropertyKey, unknown>): ReadonlyMap<string, unknown> {
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [String(key), item]));
  if (value instanceof Set) return new Map([...value].map((item, index) => [String(index), item]));
  const entries = new Map<string, unknown>(Object.entries(value));
  // These two are not enumerable.
  if (value instanceof Error) entries.set('name', value.name).set('message', value.message);
  return entries;
}

/** Where a value differs from the fields of an `objectContaining`: that says more than the matcher itself. */
function differenceInside(found: unknown, matcher: AsymmetricMatcher, comparison: Comparison): Difference | undefined {
  const { sample, inverse } = matcher;
  const isFields = isObject(sample) && !Array.isArray(sample) && inverse !== true;
  return isFields ? compare(found, sample, { ...comparison, partly: true }) : undefined;
}

function isMatcher(value: unknown): value is AsymmetricMatcher {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function';
}

/** A difference in words, without a full stop: `delta.text` should be "Ho", and is "Hi". */
export function tellDifference({ path, expected, found }: Difference): string {
  const where = path === '' ? 'it' : `\`${path}\``;
  return `${where} should be ${preview(expected)}, and is ${preview(found)}`;
}
