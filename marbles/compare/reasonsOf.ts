import { isObject } from '../../src/values/isObject.js';
import { oneLine } from './preview.js';

/** An event that came; for `#`, the error. */
interface Came {
  readonly letter: string;
  /** In milliseconds since the subscription. */
  readonly time: number;
  readonly event: unknown;
}

/** The most lines, and the longest. */
const MOST = 8;
const LONGEST = 300;

/**
 * The words of errors and failed tools in a run, a line each: `X at 4 ms: Unknown tool: add.` Diagrams show only that they
 * failed; the words say why. Repeated words are left out.
 */
export function reasonsOf(events: readonly Came[]): string[] {
  const told = new Set<string>();
  const answered = new Set(
    events.map(({ event }) => (isObject(event) && event['type'] === 'tool_result' ? event['id'] : '')),
  );
  const reasons = events.flatMap(({ letter, time, event }) => {
    const words = letter === '#' ? wordsOfError(event) : isObject(event) ? wordsOf(event, answered) : undefined;
    if (words === undefined || words === '' || told.has(words)) return [];
    told.add(words);
    return [`${letter} at ${time} ms: ${oneLine(words, LONGEST)}`];
  });
  const left = reasons.length - MOST;
  return left > 0 ? [...reasons.slice(0, MOST), `… and ${left} more`] : reasons;
}

function wordsOf(event: Record<PropertyKey, unknown>, answered: ReadonlySet<unknown>): string | undefined {
  const { type, result, input, error, id } = event;
  switch (type) {
    case 'tool_result':
      return isObject(result) && result['is_error'] === true ? wordsOfContent(result['content']) : undefined;
    case 'tool_call':
      // Its result repeats it.
      return isObject(input) && input['_tag'] === 'Left' && !answered.has(id) ? wordsOfError(input['left']) : undefined;
    case 'round_retry':
    case 'conversation_end':
      return error === undefined ? undefined : wordsOfError(error);
    default:
      return undefined;
  }
}

/** The text of a result's content. */
function wordsOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
  return blocks.map((block) => (isObject(block) && typeof block['text'] === 'string' ? block['text'] : '')).join(' ');
}

/** An error, or the facts of one in an event: its name, the API's type, its message. */
function wordsOfError(error: unknown): string {
  if (!isObject(error)) return String(error);
  const { name, _tag, type, message } = error;
  const text = typeof message === 'string' ? message : '';
  const called = [name, _tag].find((word): word is string => typeof word === 'string' && word !== '') ?? 'Error';
  const word = typeof type === 'string' && !text.includes(type) ? ` (${type})` : '';
  return `${called}${word}: ${text}`;
}
