import { isObject } from '../../values/isObject.js';
import { toText } from './toText.js';

/**
 * What Claude is told of whatever a tool threw: the content that the SDK's `ToolError` carries, or
 * `Error: <message>`.
 */
export function errorContent(thrown: unknown): unknown {
  try {
    if (thrown instanceof Error && thrown.name === 'ToolError' && 'content' in thrown) return thrown.content;
    return `Error: ${reasonOf(thrown)}`;
  } catch {
    return 'Error: The tool failed with a value that cannot be read.';
  }
}

function reasonOf(thrown: unknown): string {
  const message = isObject(thrown) ? thrown['message'] : undefined;
  if (typeof message === 'string' && message !== '') return message;
  if (thrown === undefined || thrown === null || thrown === '') return 'The tool failed without saying why.';
  return toText(thrown);
}
