/** What is wrong with a history; one code for each rule of the API. */
export type HistoryDefectCode =
  // The shape of messages and blocks.
  | 'malformed_message'
  | 'malformed_block'
  | 'extra_field'
  | 'empty_message'
  | 'empty_text'
  | 'blank_text'
  | 'document_from_assistant'
  | 'citations_from_user'
  // Calls and their results.
  | 'tool_use_without_result'
  | 'unexpected_tool_result'
  | 'duplicate_tool_result'
  | 'duplicate_tool_use_id'
  | 'invalid_tool_use_id'
  | 'tool_use_not_from_assistant'
  | 'tool_result_not_from_user'
  | 'tool_input_not_object'
  | 'invalid_result_content'
  | 'non_text_in_error_result'
  | 'non_text_in_programmatic_result'
  | 'invalid_toolset_result'
  | 'toolset_name_not_echoed'
  // Server tools.
  | 'open_server_tool'
  | 'unexpected_server_result'
  // Thinking.
  | 'unsigned_thinking'
  | 'final_thinking'
  | 'thinking_prefix_changed'
  // The history as a whole. The first two are found before a request, not by `checkHistory`.
  | 'empty_history'
  | 'assistant_prefill'
  | 'misplaced_system'
  | 'too_many_cache_marks'
  | 'cache_mark_on_empty_text'
  // The tools that are sent with it.
  | 'missing_tools'
  | 'malformed_tool'
  | 'invalid_tool_name'
  | 'duplicate_tool_name'
  | 'invalid_tool_schema'
  | 'all_tools_deferred';

/** Something in a history that the API refuses. */
export interface HistoryDefect {
  /** Which rule it breaks. */
  readonly code: HistoryDefectCode;
  /** Where it is, as the API writes it: `messages.2.content.0`, `messages.2`, `tools.1.custom.name`. */
  readonly path: string;
  /** The index of the message; absent for a defect of the tools. */
  readonly message?: number;
  /** The index of the block in its message; absent when it concerns more than one block. */
  readonly block?: number;
  /** The API's own message for it, with its indexes and ids. */
  readonly wording: string;
}
