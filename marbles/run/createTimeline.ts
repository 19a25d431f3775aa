import { isObject } from '../../src/values/isObject.js';
import { letterOf } from '../alphabet/letterOf.js';
import { approvalLabel, createLanes, type Lane } from './createLanes.js';
import type { Run, RunEnd } from './Run.js';

/** An event of a run, at its place in a diagram. */
export interface Mark {
  /** Its character on the time axis. */
  readonly frame: number;
  /** In milliseconds since the subscription. */
  readonly time: number;
  readonly letter: string;
  readonly lane: Lane;
  readonly event: unknown;
}

/** Something that lasts a while in a lane. */
export interface Span {
  readonly lane: Lane;
  readonly kind: 'replying' | 'waiting' | 'running' | 'deciding';
  /** The index of its first mark. */
  readonly from: number;
  /** The index of its last mark; `undefined` when it lasts until the end of the run. */
  to?: number;
}

/** A run, sorted into lanes: all that a drawing needs. */
export interface Timeline {
  readonly marks: readonly Mark[];
  /** In drawing order: the result comes last. */
  readonly lanes: readonly Lane[];
  readonly spans: readonly Span[];
  readonly end: RunEnd | undefined;
  /** The milliseconds of one character. */
  readonly scale: number;
}

/**
 * Sorts a run into lanes: one for Claude, one for each tool call, one for each approval, one for the result.
 *
 * @param scale The milliseconds of one character.
 */
export function createTimeline(run: Run, scale = 1): Timeline {
  const lanes = createLanes();
  const marks = run.values.map(({ time, value }) => {
    const lane = lanes.laneOf(value);
    return { frame: frameOf(time, scale), time, letter: letterOf(value), lane, event: value };
  });
  return { marks, lanes: lanes.all(), spans: createSpans(marks), end: run.end, scale };
}

/** The end of a run as a diagram shows it; `undefined` when it has none. */
export function endOf({ end, scale }: Timeline): { readonly frame: number; readonly letter: string } | undefined {
  return end && { frame: frameOf(end.time, scale), letter: end.kind === 'complete' ? '|' : '#' };
}

/** The character of the axis for a time. */
export function frameOf(time: number, scale: number): number {
  return Math.round(time / scale);
}

/** The events that begin a span, and its kind. */
const BEGINS: ReadonlyMap<unknown, Span['kind']> = new Map<unknown, Span['kind']>([
  ['message_start', 'replying'],
  ['tool_call', 'waiting'],
  ['tool_start', 'running'],
  ['approval_request', 'deciding'],
]);

const ENDS: ReadonlySet<unknown> = new Set(['message_stop', 'tool_start', 'tool_result', 'approval_decision']);

function createSpans(marks: readonly Mark[]): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  const close = (span: Span, to: number): void => {
    span.to = to;
    open.delete(span.lane.label);
  };
  marks.forEach(({ lane, event }, index) => {
    const type = isObject(event) ? event['type'] : undefined;
    const current = open.get(lane.label);
    const kind = BEGINS.get(type);
    if (current !== undefined && (ENDS.has(type) || kind !== undefined)) close(current, index);
    // A call that was stopped has a result, but no decision.
    const pending = type === 'tool_result' ? open.get(approvalLabel(lane.label)) : undefined;
    if (pending !== undefined) close(pending, index);
    // A retry takes back what the reply has begun, and an end ends it.
    if (type === 'round_retry' || type === 'conversation_end')
      for (const span of [...open.values()]) close(span, index);
    if (kind === undefined) return;
    const span: Span = { lane, kind, from: index };
    spans.push(span);
    open.set(lane.label, span);
  });
  return spans;
}
