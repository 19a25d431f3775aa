import type { RoundRequest } from '../events/RoundRequest.js';
import { redactText, redactValue } from './redact.js';
import type { ConversationEndEvent, RoundEvent, ToolResultEvent, UsageTotals } from '../events/RoundEvent.js';
import { toOneLine } from './toOneLine.js';

/** Writes the events of a run as lines for a person to read. */
export interface EventLines {
  /** The line for the next event, without the time. */
  line(event: RoundEvent): string;
}

/** The most characters of a line, apart from its values. */
const LONGEST_FRAME = 300;

type DeltaEvent = Extract<RoundEvent, { type: 'content_block_delta' }>;

/**
 * Makes a writer for one run. It keeps the text of open blocks, to show each when it is complete: of a piece only the
 * size is shown, because a secret can be split over several.
 *
 * @param maxChars The most characters shown of a value.
 */
export function createEventLines(maxChars: number): EventLines {
  const texts = new Map<number, string>();
  let round = 0;

  const show = (value: unknown): string =>
    toOneLine(typeof value === 'string' ? redactText(value) : redactValue(value), maxChars);

  const delta = ({ index, delta: piece }: DeltaEvent): string => {
    const text = textOf(piece);
    if ('text' in piece || 'thinking' in piece) texts.set(index, (texts.get(index) ?? '') + text);
    return `[${String(index)}] ${piece.type} ${chars(text.length)}`;
  };
  const blockStop = (index: number): string => {
    const text = texts.get(index);
    texts.delete(index);
    return `[${String(index)}] content_block_stop${text === undefined ? '' : ` ${chars(text.length)}: ${show(text)}`}`;
  };
  const request = ({ model, messages, tools = [] }: RoundRequest): string => {
    const last = messages.at(-1);
    const sent = last === undefined ? '' : `, last: ${last.role} ${show(last.content)}`;
    return `-> ${show(model)}, ${count(messages.length, 'message')}, ${count(tools.length, 'tool')}${sent}`;
  };
  const result = ({ result: { content, is_error }, duration, outcome }: ToolResultEvent): string => {
    const size = typeof content === 'string' ? content.length : redactValue(content).length;
    const words = outcome._tag === 'Left' && outcome.left._tag === 'Threw' ? outcome.left.message : content;
    return `${is_error === true ? 'error' : 'ok'}, ${String(duration)} ms, ${chars(size)}: ${show(words)}`;
  };

  /** The `stop_reason`, when Claude ended the conversation. */
  const stopReason = ({ reason, stop_reason }: ConversationEndEvent): string =>
    reason === 'finished' ? ` ${show(stop_reason)}` : '';

  const details = (event: RoundEvent): string => {
    switch (event.type) {
      case 'round_start':
        round = event.round;
        texts.clear();
        return `round_start ${request(event.request)}`;
      case 'round_retry': {
        texts.clear();
        const { attempt, delay, error } = event;
        return `round_retry after attempt ${String(attempt)}, in ${String(delay)} ms: ${show(error.message)}`;
      }
      case 'response':
        return `response ${show(event.request_id)}`;
      case 'message_start':
        texts.clear();
        return `message_start ${show(event.message.id)} ${show(event.message.model)}`;
      case 'content_block_start': {
        const { content_block: block, index } = event;
        return `[${String(index)}] content_block_start ${block.type}${'name' in block ? ` ${show(block.name)}` : ''}`;
      }
      case 'content_block_delta':
        return delta(event);
      case 'content_block_stop':
        return blockStop(event.index);
      case 'message_delta':
        return `message_delta ${show(event.delta.stop_reason)}`;
      case 'tool_input':
        return `[${String(event.index)}] tool_input ${show(event.name)} ${event.id} ${chars(event.text.length)}`;
      case 'tool_call': {
        const { input } = event;
        const found = input._tag === 'Right' ? show(input.right) : `invalid: ${show(input.left.message)}`;
        return `[${String(event.index)}] tool_call ${show(event.name)} ${event.id} ${found}`;
      }
      case 'approval_request':
        return `approval_request ${show(event.name)} ${event.id} ${show(event.input)}`;
      case 'approval_decision': {
        const { name, id, decision, reason } = event;
        return `approval_decision ${show(name)} ${id} ${decision}${reason === undefined ? '' : `: ${show(reason)}`}`;
      }
      case 'tool_start':
        return `tool_start ${show(event.name)} ${event.id}`;
      case 'tool_progress':
        return `tool_progress ${show(event.name)} ${event.id} ${show(event.value)}`;
      case 'tool_result':
        return `tool_result ${show(event.name)} ${event.id} ${result(event)}`;
      case 'round_end': {
        const { message, results, usage, next } = event;
        return `round_end ${show(message.stop_reason)}, ${count(results.length, 'result')}, ${tokens(usage)}, then ${next}`;
      }
      case 'conversation_end':
        return `conversation_end ${event.reason}${stopReason(event)}, ${count(event.rounds, 'round')}, ${tokens(event.usage)}`;
      default:
        return show((event as { readonly type?: unknown }).type ?? 'an event without a type');
    }
  };

  return {
    line(event) {
      const text = toOneLine(details(event), maxChars + LONGEST_FRAME);
      return round === 0 ? text : `round ${String(round)} ${text}`;
    },
  };
}

function textOf(delta: DeltaEvent['delta']): string {
  if ('text' in delta) return delta.text;
  if ('thinking' in delta) return delta.thinking;
  if ('partial_json' in delta) return delta.partial_json;
  return 'signature' in delta ? delta.signature : redactValue(delta);
}

function chars(size: number): string {
  return count(size, 'char');
}

function count(size: number, noun: string): string {
  return `${String(size)} ${noun}${size === 1 ? '' : 's'}`;
}

function tokens({ input_tokens, output_tokens }: Pick<UsageTotals, 'input_tokens' | 'output_tokens'>): string {
  return `${String(input_tokens)} tokens in, ${String(output_tokens)} out`;
}
