import { RxClaudeError } from '../../../src/errors/RxClaudeError.js';
import { messageOf } from '../../../src/errors/messageOf.js';
import type { ClaudeEvent } from '../../../src/events/ClaudeEvent.js';
import { isObject } from '../../../src/values/isObject.js';
import { inTurn, type ReplyValues } from '../../alphabet/replyValues.js';
import { createAxis, lettersByFrame } from '../../diagram/createAxis.js';
import { paintRow } from '../../diagram/paintRows.js';
import { createTimeline, endOf } from '../../run/createTimeline.js';
import type { Run } from '../../run/Run.js';
import { REMOVED_FIELDS, requestProblems } from '../../session/requestProblems.js';
import type { Cassette, CassetteExchange } from '../cassette/Cassette.js';

/** A fake for a tool of the recorded program. */
export interface PlannedTool {
  readonly name: string;
  /** One for each call. */
  readonly diagrams: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** The parts of the test of a conversation. */
export interface Plan {
  /** The first request, without the tools that the program ran. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly tools: readonly PlannedTool[];
  readonly replies: readonly PlannedReply[];
  readonly maxRounds: number;
  readonly retries: number;
}

type Fields = Readonly<Record<PropertyKey, unknown>>;

/** Reconstructs the recorded program: its first request, its tools and their results, its retries. */
export function planTest({ exchanges }: Cassette, runs: readonly Run[]): Plan {
  const request = requestOf(exchanges[0]);
  const offered = listOf(request['tools']);
  const calls = runs.flatMap((run, index) =>
    callsOf(run).map(({ id, name }) => ({ name, answer: answerTo(id, exchanges[index], exchanges[index + 1]) })),
  );
  const names = new Set([...offered.filter(isOwn).map(nameOf), ...calls.map(({ name }) => name)]);
  const served = offered.filter((tool) => !isOwn(tool) && !names.has(nameOf(tool)));
  return {
    request: { ...request, ...(served.length > 0 ? { tools: served } : { tools: undefined }) },
    tools: [...names].map((name) =>
      toolOf(
        name,
        calls.filter((call) => call.name === name).map(({ answer }) => answer),
      ),
    ),
    replies: runs.map(planReply),
    maxRounds: Math.max(1, runs.filter(({ end }) => end?.kind === 'complete').length),
    retries: retriesOf(runs),
  };
}

/** Fields not to send again: that of `claudeStream`, that of a server's thread, those that the API has removed. */
const NOT_SENT: readonly string[] = ['stream', 'thread', ...REMOVED_FIELDS];

/** The part of a recorded request to send again: the API may not accept all of an old one any more. */
function requestOf(exchange: CassetteExchange | undefined): Fields {
  const minimal = { model: 'claude-test', max_tokens: 1024, messages: [{ role: 'user', content: 'Hi' }] };
  const body = exchange?.request.body;
  if (!isObject(body)) return minimal;
  const kept = Object.fromEntries(Object.entries(body).filter(([field]) => !NOT_SENT.includes(field)));
  const problems = requestProblems(kept);
  return problems.length === 0 ? kept : { ...minimal, ...(Array.isArray(kept['tools']) && { tools: kept['tools'] }) };
}

interface Answer {
  readonly content: unknown;
  readonly failed: boolean;
  /** How long the tool took, in milliseconds. */
  readonly duration: number;
}

function callsOf({ values }: Run): { readonly id: unknown; readonly name: string }[] {
  return values.flatMap(({ value }) => {
    const block = isObject(value) ? value['content_block'] : undefined;
    return isObject(block) && block['type'] === 'tool_use' ? [{ id: block['id'], name: nameOf(block) }] : [];
  });
}

/** The result of a call, from the next request. */
function answerTo(id: unknown, exchange: CassetteExchange | undefined, next: CassetteExchange | undefined): Answer {
  const body = next?.request.body;
  const last = isObject(body) ? listOf(body['messages']).at(-1) : undefined;
  const result = listOf(last?.['content']).find((block) => block['tool_use_id'] === id);
  if (result === undefined) return { content: 'The result of this tool was not recorded.', failed: false, duration: 0 };
  const duration = Math.round((next?.request.time ?? 0) - (exchange?.end?.time ?? 0));
  return { content: result['content'] ?? '', failed: result['is_error'] === true, duration: Math.max(0, duration) };
}

/** Letters for values; after the alphabet, those of the private use area. */
function letterFor(index: number): string {
  return index < 26 ? String.fromCodePoint(97 + index) : String.fromCodePoint(0xe000 + index);
}

function toolOf(name: string, answers: readonly Answer[]): PlannedTool {
  const diagrams = answers.map(({ failed, duration }, index) => {
    const wait = duration === 0 ? '' : ` ${duration}ms `;
    return `${wait}${failed ? '#' : `(${letterFor(index)}|)`}`;
  });
  const failure = answers.find(({ failed }) => failed);
  const outputs = answers.flatMap(({ content, failed }, index) =>
    failed ? [] : [[letterFor(index), content] as const],
  );
  return {
    name,
    diagrams: diagrams.length === 0 ? ['-'] : diagrams,
    values: { ...Object.fromEntries(outputs), ...(failure && { '#': new Error(textOf(failure.content)) }) },
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content.replace(/^Error: /, '');
  return listOf(content)
    .flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
    .join('\n');
}

/** The most times in a row that a request was sent again. */
function retriesOf(runs: readonly Run[]): number {
  let most = 0;
  let inRow = 0;
  runs.forEach(({ end }, index) => {
    inRow = end?.kind === 'error' && index < runs.length - 1 ? inRow + 1 : 0;
    most = Math.max(most, inRow);
  });
  return most;
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Whether the program runs the tool itself. */
function isOwn({ type }: Fields): boolean {
  return type === undefined || type === null || type === 'custom';
}

function nameOf({ name }: Fields): string {
  return String(name);
}

/** An event of a letter. */
export interface PlannedEvent {
  readonly event: ClaudeEvent;
  /** Whether a reply would give its block the same index. */
  readonly inPlace: boolean;
}

/** A reply as a diagram, with the meanings of its letters. */
export interface PlannedReply {
  readonly diagram: string;
  readonly letters: ReadonlyMap<string, readonly PlannedEvent[]>;
  /** The error that it fails with. */
  readonly error?: Error;
}

/** Letters whose events differ only in the index of their block: they need no values. */
const ALIKE = 'cmp';

/** Makes a diagram of a recorded reply. */
function planReply(run: Run): PlannedReply {
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

/** The error for the test; `undefined` for a body that was cut, which the test cuts, too. */
function errorOf(error: unknown): Error | undefined {
  if (RxClaudeError.is(error, 'TruncatedStreamError')) return undefined;
  return RxClaudeError.is(error, 'ClaudeApiError') ? error : new Error(messageOf(error));
}

/** The values of a planned reply, for running it. */
export function valuesOf({ letters, error }: PlannedReply): ReplyValues {
  const values = [...letters].map(([letter, each]) => [letter, inTurn(...each.map(({ event }) => event))] as const);
  return { ...Object.fromEntries(values), ...(error && { '#': error }) };
}
