import { added, claude } from '../../marbles/index.js';
import { toErrorFacts } from '../../src/retry/toErrorFacts.js';
import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type {
  ApprovalDecisionEvent,
  ApprovalRequestEvent,
  ResponseEvent,
  RoundEvent,
  RoundRetryEvent,
  ToolCallEvent,
  ToolResultEvent,
  ToolStartEvent,
} from '../../src/events/RoundEvent.js';
import type { ToolFailure } from '../../src/events/ToolFailure.js';
import { frozen } from '../../marbles/specs/support/frozen.js';

/**
 * Events for tests without diagrams, one letter each; lower case is Claude's, upper case is ours.
 *
 * ```text
 * s message_start    o text block starts    t text     c text block stops
 * k l tool_use blocks start     i j a piece of their input     a b they stop
 * w message_delta with tool_use   e with end_turn   x with max_tokens     m message_stop    p ping
 * u v y an event, a delta, a block of the future
 *
 * I J tool_input    K L M N tool_call    S T U V tool_start    P Q tool_progress    W X Y Z tool_result
 * A F approval_request    D G approval_decision
 * B round_start     R round_retry        E round_end          C conversation_end
 * ```
 */
export const fromClaude = frozen({
  s: claude.messageStart(),
  o: claude.textStart(2),
  t: claude.text('Hi', 2),
  c: claude.contentBlockStop(2),
  k: claude.toolUseStart('toolu_k', 'k', 0),
  i: claude.inputJson('{}', 0),
  a: claude.contentBlockStop(0),
  l: claude.toolUseStart('toolu_l', 'l', 1),
  j: claude.inputJson('{}', 1),
  b: claude.contentBlockStop(1),
  w: claude.stop('tool_use'),
  e: claude.stop('end_turn'),
  x: claude.stop('max_tokens'),
  m: claude.messageStop(),
  p: claude.ping(),
  u: { type: 'event_of_the_future', index: 2, content: [{ wish: 'unknown' }] } as unknown as ClaudeEvent,
  v: { type: 'content_block_delta', index: 2, delta: { type: 'future_delta', more: 1 } } as unknown as ClaudeEvent,
  y: claude.contentBlockStart({ type: 'future_block', content: [{ wish: 'unknown' }] }, 3),
});

const INDEX = 'klmn';

/** Which call an event belongs to. The tools of the specs are called `k`, `l`, `m` and `n`, and so are their blocks. */
function of(name: string): Pick<ToolCallEvent, 'round' | 'id' | 'name' | 'index'> {
  return { round: 1, id: `toolu_${name}`, name, index: INDEX.indexOf(name) };
}

/** A call to the tool `name` with a valid input. */
export function call(name: string, input: unknown = {}): ToolCallEvent {
  const { id, index } = of(name);
  return added.toolCall(id, name, input, index);
}

/** The event that a guard takes its time over a call. */
export function asked(name: string, input: unknown = {}): ApprovalRequestEvent {
  return { type: 'approval_request', ...of(name), input };
}

/** The event that the wait for a guard is over. */
export function decided(
  name: string,
  decision: ApprovalDecisionEvent['decision'],
  reason?: string,
): ApprovalDecisionEvent {
  return { type: 'approval_decision', ...of(name), decision, ...(reason !== undefined && { reason }) };
}

function started(name: string): ToolStartEvent {
  return { type: 'tool_start', ...of(name) };
}

/** The answer to a call, of a tool that returned a text. */
export function result(name: string, output: string, duration = 0): ToolResultEvent {
  const block = { type: 'tool_result' as const, tool_use_id: `toolu_${name}`, content: output };
  return { type: 'tool_result', ...of(name), result: block, outcome: { _tag: 'Right', right: output }, duration };
}

/** The answer to a call that came to nothing. `left` is what the program is told, `content` what Claude is told. */
function failure(name: string, content: string, left: ToolFailure, duration = 0): ToolResultEvent {
  const block = { type: 'tool_result' as const, tool_use_id: `toolu_${name}`, content, is_error: true };
  return { type: 'tool_result', ...of(name), result: block, outcome: { _tag: 'Left', left }, duration };
}

/** The answer to a call whose tool was stopped while it ran. */
export function stoppedResult(name: string, why: string, duration = 0): ToolResultEvent {
  const message = `Stopped while running: ${why}. It may have taken effect.`;
  return failure(name, message, { _tag: 'Stopped', started: true, message }, duration);
}

/** The answer to a call whose tool was not started. */
export function unrunResult(name: string, why: string): ToolResultEvent {
  const message = `Not run: ${why}.`;
  return failure(name, message, { _tag: 'Stopped', started: false, message });
}

/** The event that an attempt has failed. */
export function retried(attempt: number, error: unknown, delay: number): RoundRetryEvent {
  return { type: 'round_retry', round: 1, attempt, error: toErrorFacts(error), delay };
}

/** Our own events that look the same in every spec. */
export const ours = frozen({
  K: call('k'),
  L: call('l'),
  M: call('m'),
  N: call('n'),
  S: started('k'),
  T: started('l'),
  U: started('m'),
  V: started('n'),
});

/** The letter of an event, for diagrams of whole agents; which tool it is shows in the letter. */
export function letterOf(event: RoundEvent): string {
  switch (event.type) {
    case 'message_start':
      return 's';
    case 'content_block_start':
      return event.content_block.type === 'tool_use' ? 'kl'.charAt(event.index) : 'o';
    case 'content_block_delta':
      return event.delta.type === 'input_json_delta' ? 'ij'.charAt(event.index) : 't';
    case 'content_block_stop':
      return 'abc'.charAt(event.index);
    case 'message_delta':
      return { tool_use: 'w', max_tokens: 'x' }[String(event.delta.stop_reason)] ?? 'e';
    case 'message_stop':
      return 'm';
    case 'ping':
      return 'p';
    case 'tool_input':
      return 'IJ'.charAt(event.index);
    case 'tool_call':
      return 'KLMN'.charAt(event.index);
    case 'approval_request':
      return 'AF'.charAt(event.index);
    case 'approval_decision':
      return 'DG'.charAt(event.index);
    case 'tool_start':
      return 'STUV'.charAt(event.index);
    case 'tool_progress':
      return 'PQ'.charAt(event.index);
    case 'tool_result':
      return 'WXYZ'.charAt(event.index);
    case 'round_start':
      return 'B';
    case 'round_retry':
      return 'R';
    case 'round_end':
      return 'E';
    case 'conversation_end':
      return 'C';
    default:
      return 'u';
  }
}

/** What `claudeStream` makes of the events of a reply whose response told this id. */
export function responded<E extends object>(
  request_id: string,
  events: readonly E[],
  round = 1,
): (E | ResponseEvent)[] {
  return events.length === 0 ? [] : [{ type: 'response', round, request_id }, ...events];
}
