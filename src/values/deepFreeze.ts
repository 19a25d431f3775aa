import { isObject } from './isObject.js';

/** Freezes a value and all that is in it, as far as that is not frozen already. Returns the value. */
export function deepFreeze<T>(value: T): T {
  if (!isObject(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
