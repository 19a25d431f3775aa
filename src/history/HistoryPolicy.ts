import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { HistoryDefect } from '../errors/HistoryDefect.js';
import type { HistoryChange } from '../events/HistoryChange.js';
import type { RoundRequest } from '../events/RoundRequest.js';

/**
 * Looks after the history of a conversation. Called once for each conversation, with the tools of its request, so what it
 * returns may keep state.
 */
export type HistoryPolicy = (tools: RoundRequest['tools']) => HistoryKeeper;

/** Looks after the history of one conversation. What it throws ends the conversation with that error. */
export interface HistoryKeeper {
  /**
   * Called before each request, with the whole history in it. All but the newest messages are those that it returned
   * last. To keep the prompt cache and signed thinking, it should change only the messages that it sees for the first time.
   *
   * @returns The request to send, and what `round_start` tells of it.
   */
  admit(request: RoundRequest): AdmittedRequest;
  /**
   * Called once, at the end of the conversation, however it ends; perhaps before any request was admitted. Each call
   * of the last reply has an answer, and a server tool that waits for its result is no longer in the messages.
   *
   * @returns The `messages` of `conversation_end`.
   */
  leave(messages: readonly MessageParam[]): readonly MessageParam[];
}

/** A request that is sent as it is here. */
export interface AdmittedRequest {
  readonly request: RoundRequest;
  /** What was changed in its history; absent or empty when nothing was. */
  readonly mended?: readonly HistoryChange[];
  /** What the API may refuse and is left as it is; absent or empty when there is nothing. */
  readonly unmended?: readonly HistoryDefect[];
}
