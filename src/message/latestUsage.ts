import type { BetaMessageDeltaUsage, BetaUsage } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageDeltaUsage } from '@anthropic-ai/sdk/resources/messages/messages';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import { isObject } from '../values/isObject.js';

/** The counters that a `message_delta` may repeat, each cumulative for the whole message. */
const CUMULATIVE = [
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'server_tool_use',
  'iterations',
  'fallback_credit',
  'output_tokens_details',
] as const;

/**
 * The usage of a message after a `message_delta`: its figures are cumulative, so they replace and are never added.
 *
 * @throws ProtocolError when the event carries no usage; the SDK fails there too.
 */
export function latestUsage(usage: BetaUsage, delta: BetaMessageDeltaUsage | MessageDeltaUsage): BetaUsage {
  if (!isObject(delta)) throw new RxClaudeError('ProtocolError', 'A `message_delta` came without `usage`.');
  const latest: Record<string, unknown> = { ...usage, output_tokens: delta['output_tokens'] };
  for (const counter of CUMULATIVE) {
    if (delta[counter] != null) latest[counter] = delta[counter];
  }
  return latest as unknown as BetaUsage;
}
