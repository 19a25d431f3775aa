import { messageOf } from '../errors/messageOf.js';

/** What `JSON.parse` makes of a text. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** Parses a whole text as `JSON.parse` does, without throwing. */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}
