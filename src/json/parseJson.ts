import { messageOf } from '../errors/messageOf.js';
import { isObject } from '../iteration/isObject.js';

/** What `JSON.parse` makes of a text. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** The deepest nesting that is taken. Text that goes deeper is hostile: whoever walks its value overflows the stack. */
export const DEEPEST_JSON = 512;

/** Parses a whole text as `JSON.parse` does, without throwing. */
export function parseJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    if (isDeeper(value, DEEPEST_JSON))
      return { ok: false, message: `nested deeper than ${String(DEEPEST_JSON)} levels` };
    return { ok: true, value };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (!isObject(value)) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
