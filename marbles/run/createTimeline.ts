import { isObject } from '../../src/values/isObject.js';
import { letterOf } from '../alphabet/letterOf.js';
import { approvalLabel, createLanes, type Lane } from './createLanes.js';
import type { Run, RunEnd } from './Run.js';

/** One event of a run, at its place in a diagram. */
export interface Mark {
  /** Which character of the time axis it stands at. */
  readonly frame: number;
  /** In milliseconds since the subscription. */
  readonly time: number;
  readonly letter: string;
  readonly lane: Lane;
  readonly event: unknown;
}

/** Something that goes on for a while in a lane. */
export interface Span {
  readonly lane: Lane;
  readonly kind: 'replying' | 'waiting' | 'running' | 'deciding';
  /** The index of the mark that it begins with. */
  readonly from: number;
  /** The index of the mark that it ends with; `undefined` when it goes on to the end of the run. */
  to?: number;
}

/** A run, sorted into lanes: all that a picture of it needs. */
export interface Timeline {
  readonly marks: readonly Mark[];
  /** In the order in which they are drawn; the result comes last. */
  readonly lanes: readonly Lane[];
  readonly spans: readonly Span[];
  readonly end: RunEnd | undefined;
  /** What one character of the axis stands for, in milliseconds. */
  readonly scale: number;
}

/**
 * Sorts a run into lanes: one for Claude, one for each tool call, one for each approval, one for the result.
 *
 * @param scale What one character of the axis stands for, in milliseconds.
 */
export function createTimeline(run: Run, scale = 1): Timeline {
  const lanes = createLanes();
  const marks = run.values.map(({ time, value }) => {
    const lane = lanes.laneOf(value);
    return { frame: frameOf(time, scale), time, letter: letterOf(value), lane, event: value };
  });
  return { marks, lanes: lanes.all(), spans: createSpans(marks), end: run.end, scale };
}

/** The end of a run as a diagram shows it; `undefined` where it has none. */
export function endOf({ end, scale }: Timeline): { readonly frame: number; readonly letter: string } | undefined {
  return end && { frame: frameOf(end.time, scale), letter: end.kind === 'complete' ? '|' : '#' };
}

/** Which character of the axis a time falls on. */
export function frameOf(time: number, scale: number): number {
  return Math.round(time / scale);
}

/** What begins a span, and with which kind. */
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
    // A call that was stopped has a result, and nobody has decided.
    const pending = type === 'tool_result' ? open.get(approvalLabel(lane.label)) : undefined;
    if (pending !== undefined) close(pending, index);
    // A retry takes back all that the reply has begun, and an end ends it.
    if (type === 'round_retry' || type === 'conversation_end')
      for (const span of [...open.values()]) close(span, index);
    if (kind === undefined) return;
    const span: Span = { lane, kind, from: index };
    spans.push(span);
    open.set(lane.label, span);
  });
  return spans;
}
