import type { ClaudeEvent } from '../../../src/events/ClaudeEvent.js';
import { messageOf } from '../../../src/errors/messageOf.js';
import { isObject } from '../../../src/values/isObject.js';
import { inTurn, type ReplyValues } from '../../alphabet/replyValues.js';
import { createAxis } from '../../diagram/createAxis.js';
import { lettersByFrame } from '../../diagram/lettersByFrame.js';
import { paintRow } from '../../diagram/paintRow.js';
import { createTimeline, endOf } from '../../run/createTimeline.js';
import type { Run } from '../../run/Run.js';

/** An event that a letter stands for. */
export interface PlannedEvent {
  readonly event: ClaudeEvent;
  /** Whether a reply would number its block just so, if it were made without an index. */
  readonly inPlace: boolean;
}

/** A reply as a diagram, and what its letters stand for each time. */
export interface PlannedReply {
  readonly diagram: string;
  readonly letters: ReadonlyMap<string, readonly PlannedEvent[]>;
  /** What it fails with. */
  readonly error?: Error;
}

/** Letters whose events are all alike, but for the block that they belong to: they need no values. */
const ALIKE = 'cmp';

/** Makes a diagram of a recorded reply. */
export function planReply(run: Run): PlannedReply {
  const timeline = createTimeline(run);
  const letters = new Map<string, PlannedEvent[]>();
  let open = -1;
  for (const { letter, event: value } of timeline.marks) {
    const event = value as ClaudeEvent;
    if (event.type === 'content_block_start') open = event.index;
    const inPlace = !('index' in event) || event.index === open;
    if (inPlace && ALIKE.includes(letter)) continue;
    const events = letters.get(letter) ?? [];
    letters.set(letter, events);
    events.push({ event, inPlace });
  }
  const error = run.end?.kind === 'error' ? errorOf(run.end.error) : undefined;
  const end = endOf(timeline);
  const last = end === undefined ? [] : [{ ...end, letter: error === undefined ? '|' : '#' }];
  const row = lettersByFrame([...timeline.marks, ...last]);
  return { diagram: paintRow(createAxis([row]), row) || '-', letters, ...(error && { error }) };
}

/** What a test can fail with in its place; `undefined` for a body that was cut, which the test cuts as well. */
function errorOf(error: unknown): Error | undefined {
  if (hasTag(error, 'TruncatedStreamError')) return undefined;
  return hasTag(error, 'ClaudeApiError') ? (error as Error) : new Error(messageOf(error));
}

function hasTag(error: unknown, tag: string): boolean {
  return isObject(error) && error['_tag'] === tag;
}

/** The values of a planned reply, to run it. */
export function valuesOf({ letters, error }: PlannedReply): ReplyValues {
  const values = [...letters].map(([letter, each]) => [letter, inTurn(...each.map(({ event }) => event))] as const);
  return { ...Object.fromEntries(values), ...(error && { '#': error }) };
}
