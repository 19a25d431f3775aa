import type { Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { BetaMessage, BetaRawMessageStreamEvent } from '@anthropic-ai/sdk/resources/beta/messages/messages';

/** The API's keep-alive: the connection is alive, nothing else. The SDK's own streams hide it. */
export interface PingEvent {
  readonly type: 'ping';
}

/**
 * An event of Claude's stream, exactly as the API sent it.
 *
 * The types are the SDK's own, stable and beta. The API may add event types at any time; they pass through too,
 * although no type here names them. So give a `switch` over `type` a `default` branch that does nothing.
 */
export type ClaudeEvent = RawMessageStreamEvent | BetaRawMessageStreamEvent | PingEvent;

/** Claude's reply, complete or still growing. */
export type ClaudeMessage = Message | BetaMessage;
