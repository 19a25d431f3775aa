import { isObject } from './isObject.js';

/** Freezes a value and everything in it, and returns it. What is frozen already is not looked into. */
export function deepFreeze<T>(value: T): T {
  if (!isObject(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
