import type { Anthropic } from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming as BetaMessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Observable } from 'rxjs';
import type { ClaudeEvent } from '../events/ClaudeEvent.js';
import type { ResponseEvent } from '../events/RoundEvent.js';

/** The SDK's options for one request, such as `headers`, `timeout`, `maxRetries` and `signal`. */
export type RequestOptions = Anthropic.RequestOptions;

/** The options of `claudeStream`: those of the SDK, a bound, and the number of the round. */
export interface ClaudeStreamOptions extends RequestOptions {
  /** The most characters of one event; a longer one fails the stream before it is whole. Default: 16 777 216. */
  readonly maxEventChars?: number;
  /** The number of the round that the reply belongs to, counted from 1. Not sent. Default: 1. */
  readonly round?: number;
}

/**
 * What a client may answer with: a promise of the events, as the SDK does, or of a response; or the events themselves. An
 * Observable may begin with a `response` event, as `claudeStream` does.
 */
export type ClaudeReply =
  | PromiseLike<AsyncIterable<ClaudeEvent> | Response>
  | AsyncIterable<ClaudeEvent>
  | Observable<ClaudeEvent | ResponseEvent>;

/**
 * Anything with the SDK's `messages.create`: an `Anthropic` client, its Bedrock, Vertex and Foundry siblings,
 * `client.beta` (whose streams carry the beta events), or a fake of your own.
 */
export interface ClaudeClient {
  readonly messages: {
    create(
      params: MessageCreateParamsStreaming | BetaMessageCreateParamsStreaming,
      options?: RequestOptions,
    ): ClaudeReply;
  };
}
