import { isObject } from '../../src/values/isObject.js';

const BY_TYPE: ReadonlyMap<unknown, string> = new Map([
  ['message_start', 's'],
  ['content_block_stop', 'c'],
  ['message_stop', 'm'],
  ['ping', 'p'],
  ['response', 'H'],
  ['round_start', 'B'],
  ['round_retry', 'R'],
  ['round_end', 'E'],
  ['conversation_end', 'C'],
  ['tool_input', 'I'],
  ['tool_call', 'K'],
  ['approval_request', 'A'],
  ['approval_decision', 'D'],
  ['tool_start', 'S'],
  ['tool_progress', 'P'],
]);

const BY_BLOCK: ReadonlyMap<unknown, string> = new Map([
  ['text', 'o'],
  ['thinking', 'h'],
  ['redacted_thinking', 'd'],
  ['tool_use', 'k'],
  ['server_tool_use', 'v'],
  ['mcp_tool_use', 'v'],
]);

const BY_DELTA: ReadonlyMap<unknown, string> = new Map([
  ['text_delta', 't'],
  ['thinking_delta', 'g'],
  ['signature_delta', 'f'],
  ['input_json_delta', 'i'],
]);

const BY_STOP_REASON: ReadonlyMap<unknown, string> = new Map([
  ['tool_use', 'w'],
  ['end_turn', 'e'],
  ['max_tokens', 'x'],
  ['model_context_window_exceeded', 'x'],
  ['pause_turn', 'y'],
]);

/** The legend's letter for an event. It depends only on the shape of the event; an unknown one is `u`. */
export function letterOf(event: unknown): string {
  if (!isObject(event)) return 'u';
  switch (event['type']) {
    case 'content_block_start':
      return letterOfBlock(typeOf(event['content_block']));
    case 'content_block_delta':
      return BY_DELTA.get(typeOf(event['delta'])) ?? 'n';
    case 'message_delta':
      return BY_STOP_REASON.get(isObject(event['delta']) ? event['delta']['stop_reason'] : undefined) ?? 'z';
    case 'tool_result':
      return isObject(event['result']) && event['result']['is_error'] === true ? 'X' : 'W';
    default:
      return BY_TYPE.get(event['type']) ?? 'u';
  }
}

function letterOfBlock(type: unknown): string {
  const letter = BY_BLOCK.get(type);
  if (letter !== undefined) return letter;
  return typeof type === 'string' && type.endsWith('_tool_result') ? 'r' : 'b';
}

function typeOf(value: unknown): unknown {
  return isObject(value) ? value['type'] : undefined;
}
