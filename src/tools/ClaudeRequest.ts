import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { ApiFields } from '../events/RoundRequest.js';
import type { ToolEntry } from './Tool.js';

/**
 * A request as your program writes it: the SDK's own create params without `stream`.
 *
 * `tools` may mix tools of `defineTool`, the SDK's runnable tools, plain API definitions and server tools. Only API
 * fields go on the wire.
 */
export interface ClaudeRequest extends ApiFields {
  /** The history, ending with the user's message. */
  readonly messages: readonly BetaMessageParam[];
  /** What Claude may call. Those that can run here do. */
  readonly tools?: readonly ToolEntry[];
}
