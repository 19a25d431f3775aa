import { isObject } from '../../src/values/isObject.js';

/** A field of an event that may be anything. */
export function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

/** The type of an event that may be anything. */
export function typeOf(event: unknown): unknown {
  return fieldOf(event, 'type');
}
