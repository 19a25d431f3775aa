import { isObject } from '../values/isObject.js';

/** The message of any caught value, even one that throws when it is read. */
export function messageOf(error: unknown): string {
  try {
    const message: unknown = isObject(error) && 'message' in error ? error['message'] : error;
    return typeof message === 'string' ? message : Object.prototype.toString.call(message);
  } catch {
    return 'an unreadable error';
  }
}
