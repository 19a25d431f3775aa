import { isObject } from '../values/isObject.js';

/** The deepest nesting that is written. */
const DEEPEST = 100;

/**
 * Any value as JSON, without throwing for what JSON cannot express: a cycle becomes `[Circular]`, a value nested too
 * deep its kind, a `BigInt` its digits, and a `Map`, a `Set`, an `Error` or bytes the closest JSON there is.
 *
 * @returns `undefined` for a function, a symbol and `undefined` itself.
 */
export function toJson(value: unknown): string | undefined {
  /** The objects around the one being written: the originals, and what is written for them. */
  const around: { readonly original: unknown; readonly written: unknown }[] = [];

  function write(this: unknown, _: string, original: unknown): unknown {
    while (around.length > 0 && around.at(-1)?.written !== this) around.pop();
    const written = nearest(original);
    if (!isObject(written)) return written;
    if (around.some((outer) => outer.original === original)) return '[Circular]';
    if (around.length === DEEPEST) return Array.isArray(written) ? '[Array]' : '[Object]';
    around.push({ original, written });
    return written;
  }
  return JSON.stringify(value, write);
}

function nearest(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  return value;
}
