import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type {
  BetaMessageParam,
  BetaToolUnion,
  MessageCreateParamsNonStreaming as BetaMessageCreateParams,
} from '@anthropic-ai/sdk/resources/beta/messages/messages';

/** The fields of a request that mean the same to rxclaude as to the API: all but the three that rxclaude looks after. */
type ApiFields = Omit<BetaMessageCreateParams, 'stream' | 'messages' | 'tools'>;

/**
 * A request as the API takes it, without `stream`: the SDK's own create params, stable or beta, with the tools as plain
 * API definitions. It is what `round_start` carries, and holds nothing that could not be stored as JSON.
 */
export interface RoundRequest extends ApiFields {
  readonly messages: readonly MessageParam[];
  readonly tools?: readonly BetaToolUnion[];
}

/**
 * A request as a program writes it: the SDK's own create params without `stream`.
 *
 * `tools` may mix tools of `defineTool`, the SDK's runnable tools, plain API definitions and server tools. Only API
 * fields go on the wire.
 */
export interface ClaudeRequestOf<Tool> extends ApiFields {
  /** The history, with the user's message at its end. */
  readonly messages: readonly BetaMessageParam[];
  /** What Claude may call. Those that can be run are run here. */
  readonly tools?: readonly (Tool | BetaToolUnion)[];
}
