import { isObject } from '../values/isObject.js';
import type { SdkRunnableTool, Tool } from './Tool.js';

/** Tells whether an entry of `tools` was made by `defineTool`. */
export function isTool(entry: unknown): entry is Tool {
  return isObject(entry) && typeof entry['decode'] === 'function' && isObject(entry['definition']);
}

/** Tells whether an entry of `tools` is a runnable tool of the SDK. */
export function isSdkRunnableTool(entry: unknown): entry is SdkRunnableTool {
  return isObject(entry) && !isTool(entry) && typeof entry['run'] === 'function' && typeof entry['name'] === 'string';
}
