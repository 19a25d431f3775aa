import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type {
  BetaToolUnion,
  MessageCreateParamsNonStreaming as BetaMessageCreateParams,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';

/** The fields of a request that mean the same to rxclaude as to the API: all but the three that rxclaude handles. */
export type ApiFields = Omit<BetaMessageCreateParams, 'stream' | 'messages' | 'tools'>;

/**
 * A request as the API takes it, without `stream`: the SDK's own create params, stable or beta, with the tools as plain
 * API definitions. `round_start` carries it, and it can be stored as JSON.
 */
export interface RoundRequest extends ApiFields {
  readonly messages: readonly MessageParam[];
  readonly tools?: readonly BetaToolUnion[];
}
