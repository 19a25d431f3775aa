import { isObject } from '../../../src/values/isObject.js';
import { code, type Code, type Imports } from './code.js';

/** The error that a reply fails with, as a program. */
export function errorCode(error: unknown, imports: Imports): Code {
  const { _tag, type, status, error: body, headers } = isObject(error) ? error : {};
  if (_tag !== 'ClaudeApiError') return `new Error(${code(error instanceof Error ? error.message : String(error))})`;
  imports.add('apiError');
  const inner = isObject(body) ? body['error'] : undefined;
  const message = isObject(inner) ? inner['message'] : undefined;
  const retryAfter = headers instanceof Headers ? headers.get('retry-after') : null;
  const options = {
    ...(typeof message === 'string' && message !== type && { message }),
    ...(typeof status === 'number' && { status }),
    ...(retryAfter !== null && { headers: { 'retry-after': retryAfter } }),
  };
  const word = typeof type === 'string' ? code(type) : 'undefined';
  return Object.keys(options).length === 0 ? `apiError(${word})` : `apiError(${word}, ${code(options)})`;
}
