import { isObject } from '../values/isObject.js';

/** Tells whether a value is an object and not an array. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}
