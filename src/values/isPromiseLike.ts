import { isObject } from './isObject.js';

/** Tells whether a value is a promise, from any library. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}
