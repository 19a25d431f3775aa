import { isObject } from '../../src/values/isObject.js';
import type { Mark, Timeline } from '../run/createTimeline.js';

/** What may be shown: one word, such as a type, a tag or a reason. A sentence may contain secrets. */
const WORD = /^[\w$.-]{1,32}$/;

/** The value if it is one word; else `undefined`. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && WORD.test(value) ? value : undefined;
}

/** The name of an error: its type, tag, name or class, but never its message. */
export function nameOfError(error: unknown): string {
  const named = [fieldOf(error, 'type'), fieldOf(error, '_tag'), fieldOf(error, 'name'), classOf(error)].map(wordOf);
  const status = fieldOf(error, 'status');
  return (
    named.find((name) => name !== undefined && name !== 'Error') ??
    (typeof status === 'number' ? `status ${status}` : error instanceof Error ? 'Error' : 'error')
  );
}

/** All errors of the SDK are named `Error`; only their classes have names of their own. */
function classOf(error: unknown): unknown {
  return error instanceof Error ? error.constructor.name : undefined;
}

/** A field of an unknown event. */
export function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

/** The type of an unknown event. */
function typeOf(event: unknown): unknown {
  return fieldOf(event, 'type');
}

/** The note beside a marble: a name, a reason or a duration, but no words of Claude, of a tool or of an error. */
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
      return noteOfEnd(event);
    case 'approval_decision':
      return wordOf(fieldOf(event, 'decision')) ?? '';
    case 'tool_result':
      return noteOfResult(timeline, mark, index);
    default:
      return '';
  }
}

/** When Claude ended the conversation, its `stop_reason` says more. */
function noteOfEnd(event: unknown): string {
  const reason = fieldOf(event, 'reason');
  return wordOf(reason === 'finished' ? (fieldOf(event, 'stop_reason') ?? reason) : reason) ?? '';
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
  // A duration of 0 is shown only for a tool that ran.
  const took = started === undefined && duration === 0 ? '' : formatDuration(duration);
  const failed = fieldOf(fieldOf(event, 'result'), 'is_error') === true;
  const failure = fieldOf(fieldOf(event, 'outcome'), 'left');
  const what = fieldOf(failure, '_tag') === 'Threw' ? { name: fieldOf(failure, 'name') } : failure;
  return [failed ? nameOfError(what) : '', took].filter((part) => part !== '').join(' ');
}

/** A run in a few words: `3.2 s · 2 rounds · 2 tool calls`. */
export function summarize({ marks, lanes, end }: Timeline): string {
  const count = (letter: string): number => marks.filter((mark) => mark.letter === letter).length;
  const calls = lanes.filter(({ kind }) => kind === 'call').length;
  return [
    formatDuration(end?.time ?? marks.at(-1)?.time ?? 0),
    inWords(count('B'), 'round', 'rounds'),
    inWords(calls, 'tool call', 'tool calls'),
    inWords(count('R'), 'retry', 'retries'),
    end === undefined ? 'not ended' : end.kind === 'error' ? `failed: ${nameOfError(end.error)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function inWords(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}

const SECOND = 1_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A duration, rounded: `296 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  return format(milliseconds, milliseconds < MINUTE * SECOND ? 1 : 0);
}

/** A moment on the time axis, to the millisecond: `296 ms`, `1.204 s`. */
export function formatMoment(milliseconds: number): string {
  return format(milliseconds, 3);
}

/** @param decimals The decimal places of a second. */
function format(time: number, decimals: number): string {
  const milliseconds = Number.isFinite(time) ? Math.max(0, Math.round(time)) : 0;
  if (milliseconds < SECOND) return `${milliseconds} ms`;
  const rounded = Number((milliseconds / SECOND).toFixed(decimals));
  const hours = Math.floor(rounded / HOUR);
  const minutes = Math.floor((rounded - hours * HOUR) / MINUTE);
  const seconds = Number((rounded - hours * HOUR - minutes * MINUTE).toFixed(decimals));
  const parts: readonly (readonly [amount: number, unit: string])[] = [
    [hours, 'h'],
    [minutes, 'min'],
    [seconds, 's'],
  ];
  return parts.flatMap(([amount, unit]) => (amount === 0 ? [] : [`${amount} ${unit}`])).join(' ');
}
