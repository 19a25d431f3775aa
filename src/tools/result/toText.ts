import { messageOf } from '../../errors/messageOf.js';
import { toJson } from '../../json/toJson.js';

/**
 * The text of any value that a tool returned or threw: a string as it is, `undefined` as empty text, anything else as
 * JSON.
 */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  try {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return toJson(value) ?? `[${typeof value}]`;
  } catch (error) {
    return `[not writable as JSON: ${messageOf(error)}]`;
  }
}
