import { configure } from 'safe-stable-stringify';
import { messageOf } from '../../errors/messageOf.js';

const stringify = configure({ deterministic: false, circularValue: '[Circular]', maximumDepth: 100 });

/** Any value as JSON: a `BigInt` as its digits, a cycle as `[Circular]`, what JSON has no word for as the nearest it has. */
export function toJson(value: unknown): string | undefined {
  const json: unknown = stringify(value, nearest);
  return typeof json === 'string' ? json : undefined;
}

/** The text of any value that a tool returned or threw: a string as it is, `undefined` as nothing, the rest as JSON. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  try {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    return toJson(value) ?? `[${typeof value}]`;
  } catch (error) {
    return `[a value that cannot be written as JSON: ${messageOf(error)}]`;
  }
}

function nearest(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  return value;
}
