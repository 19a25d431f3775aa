/** What was done to mend a history. */
export type HistoryChangeCode =
  | 'message_removed'
  | 'block_removed'
  | 'text_removed'
  | 'thinking_removed'
  | 'field_removed'
  | 'cache_mark_removed'
  | 'call_answered'
  | 'call_removed'
  | 'caller_removed'
  | 'server_tool_removed'
  | 'result_removed'
  | 'result_moved'
  | 'result_changed'
  | 'input_changed'
  | 'id_renamed';

/** One thing that was done to mend a history. */
export interface HistoryChange {
  readonly code: HistoryChangeCode;
  /** Where it was done, in the history as it was before: `messages.2.content.0`. */
  readonly path: string;
  /** The index of the message, in the history as it was before. */
  readonly message: number;
  /** The index of the block in that message; absent when the whole message was changed. */
  readonly block?: number;
  /** What was done, in one sentence. */
  readonly text: string;
}
