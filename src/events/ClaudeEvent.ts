import type { Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type { BetaMessage, BetaRawMessageStreamEvent } from '@anthropic-ai/sdk/resources/beta/messages/messages';

/** A keep-alive of the API: it says that the connection lives and nothing else. The SDK's own streams hide it. */
export interface PingEvent {
  readonly type: 'ping';
}

/**
 * An event of Claude's stream, exactly as the API sent it.
 *
 * The types are the SDK's own, stable and beta. The API may add event types at any time; such an event is let through
 * too, though no type here names it. So give a `switch` over `type` a `default` branch that does nothing.
 */
export type ClaudeEvent = RawMessageStreamEvent | BetaRawMessageStreamEvent | PingEvent;

/** A reply of Claude's, whole or still growing. */
export type ClaudeMessage = Message | BetaMessage;
