import { fieldOf, typeOf } from './fieldOf.js';
import { formatDuration } from './formatTime.js';
import { nameOfError, wordOf } from './nameOf.js';
import type { Mark, Timeline } from '../run/createTimeline.js';

/** What is written beside a marble: a name, a reason or a duration. Nothing of what Claude, a tool or an error says. */
export function noteOf(timeline: Timeline, index: number): string {
  const mark = timeline.marks[index];
  if (mark === undefined) return '';
  const { event } = mark;
  switch (typeOf(event)) {
    case 'round_start':
      return typeof fieldOf(event, 'round') === 'number' ? `round ${String(fieldOf(event, 'round'))}` : '';
    case 'round_retry':
      return noteOfRetry(event);
    case 'conversation_end':
      return wordOf(fieldOf(event, 'reason')) ?? '';
    case 'approval_decision':
      return wordOf(fieldOf(event, 'decision')) ?? '';
    case 'tool_result':
      return noteOfResult(timeline, mark, index);
    default:
      return '';
  }
}

function noteOfRetry(event: unknown): string {
  const attempt = fieldOf(event, 'attempt');
  const delay = fieldOf(event, 'delay');
  const number = typeof attempt === 'number' ? ` ${attempt}` : '';
  const wait = typeof delay === 'number' ? ` in ${formatDuration(delay)}` : '';
  return `retry${number}${wait}: ${nameOfError(fieldOf(event, 'error'))}`;
}

function noteOfResult(timeline: Timeline, { event, time }: Mark, index: number): string {
  const start = timeline.spans.find(({ kind, to }) => kind === 'running' && to === index);
  const started = start === undefined ? undefined : timeline.marks[start.from]?.time;
  const measured = fieldOf(event, 'duration');
  const duration = typeof measured === 'number' ? measured : time - (started ?? time);
  // A call that was never started took no time; a tool that did not need any did.
  const took = started === undefined && duration === 0 ? '' : formatDuration(duration);
  const failed = fieldOf(fieldOf(event, 'result'), 'is_error') === true;
  return [failed ? nameOfError(fieldOf(event, 'error')) : '', took].filter((part) => part !== '').join(' ');
}
