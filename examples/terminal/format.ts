import { inspect, styleText } from 'node:util';
import type { ConversationEndEvent, RoundRetryEvent, ToolResultEvent } from 'rxclaude';
import type { Screen } from './render.js';
import { oneLine, wrap } from './text.js';

/** The first lines: who answers, and what was asked. */
export function header(question: string, notice: string, { live, size }: Screen): string {
  const asked = oneLine(question);
  if (!live) return `${oneLine(notice)}\n> ${asked}\n`;
  const width = Math.min(size().columns, 80) - 1;
  const lines = wrap(asked, width - 2).map((line) => styleText('bold', line));
  const who = wrap(oneLine(notice), width).map((line) => styleText('dim', line));
  return `${who.join('\n')}\n\n${styleText('cyan', '❯')} ${lines.join('\n  ')}\n\n`;
}

/** A tool's input as far as it is known: `city: Lisbon, days: 3`. */
export function fieldsOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  return oneLine(
    Object.entries(input)
      .map(([name, value]) => `${name}: ${valuesOf(value).join(', ')}`)
      .join(', '),
  );
}

/** The outcome of a call, in one line. */
export function outcomeOf({ outcome, result }: ToolResultEvent): string {
  if (outcome._tag === 'Right') return oneLine(valuesOf(outcome.right).join(' · '));
  return oneLine(typeof result.content === 'string' ? result.content : 'It failed.');
}

/** How far a tool has come, if its progress is `{ done, of }`. */
export function progressOf(value: unknown): { readonly done: number; readonly of: number } | undefined {
  if (typeof value !== 'object' || value === null || !('done' in value) || !('of' in value)) return undefined;
  const { done, of } = value;
  return typeof done === 'number' && typeof of === 'number' && 0 <= done && done <= of && of > 0
    ? { done, of }
    : undefined;
}

/** The last line: `2 rounds · 3 tool calls · 1,204 input tokens, 230 output tokens · 3.1 s`. */
export function usageOf({ rounds, usage }: ConversationEndEvent, tools: number, milliseconds: number): string {
  const number = new Intl.NumberFormat('en');
  return [
    counted(rounds, 'round'),
    counted(tools, 'tool call'),
    `${number.format(usage.input_tokens)} input tokens, ${number.format(usage.output_tokens)} output tokens`,
    `${(milliseconds / 1000).toFixed(1)} s`,
  ].join(' · ');
}

/** Why the answer may be incomplete, or nothing. */
export function cutShort({ reason, stop_reason }: ConversationEndEvent): string | undefined {
  switch (reason) {
    case 'finished':
      return claudeStopped(stop_reason);
    case 'error':
      return 'The answer broke off.';
    case 'max_rounds':
      return 'Stopped: the limit of rounds is reached.';
    default:
      return `Stopped early: ${reason}.`;
  }
}

function claudeStopped(stopReason: string | null): string | undefined {
  switch (stopReason) {
    case 'end_turn':
    case 'stop_sequence':
      return undefined;
    case 'refusal':
      return 'Claude declined to answer.';
    case 'max_tokens':
      return 'The answer was cut off: it reached the limit of max_tokens.';
    default:
      return `Claude stopped early: ${oneLine(String(stopReason))}.`;
  }
}

/** Says that everything since the round began is void. */
export function retryNote({ delay }: RoundRetryEvent): string {
  return `the reply broke off; once more in ${(delay / 1000).toFixed(1)} s`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The plain values within a value, in order. */
function valuesOf(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(valuesOf);
  return typeof value === 'string' ? [value] : [inspect(value)];
}
