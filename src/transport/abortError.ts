import { isObject } from '../values/isObject.js';
import type { ClaudeClient } from './ClaudeClient.js';

/**
 * What a stream fails with when it is aborted from outside: the `APIUserAbortError` of the SDK that the client belongs
 * to, or the signal's own reason where there is no SDK. The class is taken from the client, so that a program without
 * the SDK need not load it.
 */
export function abortError(client: ClaudeClient, signal: AbortSignal): unknown {
  const { messages } = client as { messages: unknown };
  const sdk = isObject(messages) && isObject(messages['_client']) ? messages['_client'] : client;
  const { APIUserAbortError: Kind } = sdk.constructor as { APIUserAbortError?: new () => Error };
  return Kind === undefined ? signal.reason : new Kind();
}
