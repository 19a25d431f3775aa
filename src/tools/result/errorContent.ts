import type { Threw } from '../../events/ToolFailure.js';
import { isObject } from '../../values/isObject.js';
import { toText } from './toText.js';

const UNREADABLE = 'The tool failed with a value that cannot be read.';

/**
 * What Claude is told of whatever a tool threw: the content that the SDK's `ToolError` carries, or
 * `Error: <message>`.
 */
export function errorContent(thrown: unknown): unknown {
  try {
    if (thrown instanceof Error && thrown.name === 'ToolError' && 'content' in thrown) return thrown.content;
    return `Error: ${reasonOf(thrown)}`;
  } catch {
    return `Error: ${UNREADABLE}`;
  }
}

/** The name and the words of whatever was thrown: even a value that throws when it is looked at. */
export function wordsOf(thrown: unknown): Pick<Threw, 'name' | 'message'> {
  try {
    const name = isObject(thrown) ? thrown['name'] : undefined;
    return { name: typeof name === 'string' && name !== '' ? name : 'Error', message: reasonOf(thrown) };
  } catch {
    return { name: 'Error', message: UNREADABLE };
  }
}

function reasonOf(thrown: unknown): string {
  const message = isObject(thrown) ? thrown['message'] : undefined;
  if (typeof message === 'string' && message !== '') return message;
  if (thrown === undefined || thrown === null || thrown === '') return 'The tool failed without saying why.';
  return toText(thrown);
}
