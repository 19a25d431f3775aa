import { isObject } from '../../src/values/isObject.js';

/** The longest preview. */
const LONGEST = 120;

/** A value as one short line for a message. */
export function preview(value: unknown): string {
  return oneLine(value instanceof Error ? `${value.name}: ${value.message}` : toText(value), LONGEST);
}

/** Text as one line, cut where it is too long. */
export function oneLine(text: string, longest: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (!isObject(value)) return String(value);
  if (typeof value['asymmetricMatch'] === 'function' && !('toJSON' in value)) return matcherText(value);
  try {
    return JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field));
  } catch {
    return 'an object with a cycle';
  }
}

/** A matcher of Jest or Vitest: its name and its argument. */
function matcherText(matcher: Record<PropertyKey, unknown>): string {
  const { sample } = matcher;
  const name = (matcher as { toString(): string }).toString();
  return sample === undefined ? name : `${name} ${toText(sample)}`;
}
