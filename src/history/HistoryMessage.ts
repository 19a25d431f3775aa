import type { BetaMessageParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';

/** A message of a history, as the SDK's requests take it, stable or beta. */
export type HistoryMessage = MessageParam | BetaMessageParam;
