import { messageOf } from '../errors/messageOf.js';
import { ProtocolError } from '../errors/ProtocolError.js';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';

/** A delta of text or thinking just as the API writes it, spaces at its end included: index, kind, and the JSON string. */
const TEXT_DELTA =
  /^\{"type":"content_block_delta","index":(0|[1-9]\d*),"delta":\{"type":"(text|thinking)_delta","\2":("[^"\\]*(?:\\.[^"\\]*)*")\} *\}$/;

/** Without this, there is no use in trying: a search costs less than a regular expression. */
const KIND = '"delta":{"type":"t';

/** In characters. Behind it, what is saved does not count, and a regular expression might run out of stack. */
const LONGEST_DELTA = 1024;

/**
 * The event that its data stands for: what `JSON.parse` makes of it. Nearly every event is a small piece of text, and to
 * parse that string alone takes a third of the time of parsing the whole.
 *
 * @throws ProtocolError when the data is not JSON.
 */
export function parseEvent(name: string, data: string): ClaudeEvent {
  try {
    return parseTextDelta(data) ?? (JSON.parse(data) as ClaudeEvent);
  } catch (error) {
    throw new ProtocolError(`The data of an event \`${name}\` is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function parseTextDelta(data: string): ClaudeEvent | undefined {
  const match = data.length > LONGEST_DELTA || !data.includes(KIND) ? null : TEXT_DELTA.exec(data);
  if (match === null) return undefined;
  const text = JSON.parse(match[3] ?? '') as string;
  return {
    type: 'content_block_delta',
    index: Number(match[1]),
    delta: match[2] === 'text' ? { type: 'text_delta', text } : { type: 'thinking_delta', thinking: text },
  };
}
