import { messageOf } from '../errors/messageOf.js';

/** What `JSON.parse` makes of a text. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** The deepest nesting that is taken. Text that goes deeper is hostile: whoever walks its value overflows the stack. */
export const DEEPEST_JSON = 512;

/** The longest text that is taken, in characters: more than a request to the API may hold. */
export const LONGEST_JSON = 33_554_432;

/** Parses a whole text as `JSON.parse` does, without throwing. */
export function parseJson(text: string): ParsedJson {
  if (text.length > LONGEST_JSON) return { ok: false, message: `longer than ${String(LONGEST_JSON)} characters` };
  try {
    const value: unknown = JSON.parse(text);
    if (isDeep(text)) return { ok: false, message: `nested deeper than ${String(DEEPEST_JSON)} levels` };
    return { ok: true, value };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A bracket and a brace differ in this bit alone. */
const EITHER = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Whether JSON is nested too deep. To count its brackets is many times faster than to walk its value. */
function isDeep(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const mark = json.charCodeAt(at);
    if (mark === QUOTE) inString = !inString;
    else if (inString) at += mark === BACKSLASH ? 1 : 0;
    else if ((mark | EITHER) === OPEN) depth++;
    else if ((mark | EITHER) === CLOSE) depth--;
    if (depth > DEEPEST_JSON) return true;
  }
  return false;
}
