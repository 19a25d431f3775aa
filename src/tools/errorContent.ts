import { isObject } from '../iteration/isObject.js';
import { toText } from './resultContent.js';

/**
 * What Claude is told of whatever a tool threw: the content that the SDK's `ToolError` carries, or
 * `Error: <message>`.
 */
export function errorContent(thrown: unknown): unknown {
  if (thrown instanceof Error && thrown.name === 'ToolError' && 'content' in thrown) return thrown.content;
  return `Error: ${reasonOf(thrown)}`;
}

function reasonOf(thrown: unknown): string {
  if (isObject(thrown) && typeof thrown['message'] === 'string') return thrown['message'];
  if (thrown === undefined || thrown === null || thrown === '') return 'The tool failed without saying why.';
  return toText(thrown);
}
