import { messageOf } from '../errors/messageOf.js';
import { isObject } from '../values/isObject.js';

/** What `JSON.parse` makes of a text. */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string; readonly limit?: keyof JsonLimits };

/** How large a text may be. */
export interface JsonLimits {
  /** How deep arrays and objects may be nested. Default: 512. */
  readonly maxDepth?: number;
  /** How long the text may be, in characters. Default: 33 554 432, more than a request to the API may hold. */
  readonly maxChars?: number;
}

/** The deepest nesting that is accepted. Deeper text is hostile: walking its value overflows the stack. */
export const DEEPEST_JSON = 512;

/** The longest text that is accepted, in characters: more than a request to the API may hold. */
export const LONGEST_JSON = 33_554_432;

/** Parses a whole text as `JSON.parse` does, without throwing. */
export function parseJson(
  text: string,
  { maxDepth = DEEPEST_JSON, maxChars = LONGEST_JSON }: JsonLimits = {},
): ParsedJson {
  if (text.length > maxChars) {
    return { ok: false, limit: 'maxChars', message: `longer than ${String(maxChars)} characters` };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isDeeper(value, maxDepth)) {
      return { ok: false, limit: 'maxDepth', message: `nested deeper than ${String(maxDepth)} levels` };
    }
    return { ok: true, value };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (!isObject(value)) return false;
  if (levels === 0) return true;
  // Does not build a list of all values: this runs on every input.
  for (const key in value) {
    if (isDeeper(value[key], levels - 1)) return true;
  }
  return false;
}
