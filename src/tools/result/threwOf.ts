import type { Threw } from '../../events/ToolFailure.js';
import { isObject } from '../../values/isObject.js';
import { toText } from './toText.js';

const UNSAID = 'The tool failed without a message.';

/** The name and message of any thrown value, even one that throws when it is read. */
export function threwOf(thrown: unknown): Threw {
  try {
    const { name, message } = isObject(thrown) ? thrown : {};
    return {
      _tag: 'Threw',
      name: isText(name) ? name : 'Error',
      message: isText(message) ? message : toText(thrown ?? '') || UNSAID,
    };
  } catch {
    return { _tag: 'Threw', name: 'Error', message: UNSAID };
  }
}

/** The content that the SDK's `ToolError` carries for Claude; `undefined` for anything else. */
export function contentOfToolError(thrown: unknown): unknown {
  try {
    return thrown instanceof Error && thrown.name === 'ToolError' && 'content' in thrown ? thrown.content : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
