import { getEventListeners } from 'node:events';
import { Subject, takeUntil } from 'rxjs';
import { converse } from 'rxclaude';
import type { Guard, RoundEvent } from 'rxclaude';
import { createChance } from './chance.js';
import { endlessTools, quickTools, replyWith } from './cancelledTools.js';
import { memoryClient } from './memoryClient.js';
import type { MemoryClient } from './memoryClient.js';
import { createTalkLog } from './TalkLog.js';
import type { TalkLog } from './TalkLog.js';

/** Where a run may be left, and what is seen there. */
const points = {
  'before the headers': ['asked'],
  'behind the headers': ['answered'],
  'in a text': ['text_delta'],
  'in an input': ['tool_input'],
  'while tools run': ['tool_start', 'tool_progress'],
  'in a back-off': ['round_retry'],
  'while a guard thinks': ['guarded'],
  'between rounds': ['round_end', 'round_start'],
  'in the time of grace': ['stopped'],
} as const;

export type Point = keyof typeof points;
export const allPoints = Object.keys(points) as Point[];

/** In what turn of the event loop a run is left. */
const turns: readonly ((leave: () => void) => unknown)[] = [
  (leave) => {
    leave();
  },
  queueMicrotask,
  setImmediate,
  (leave) => setTimeout(leave, 1),
];

/** Begins a run, leaves it where its seed says, and says what it still holds in the very same turn. */
export async function cancelledRun(seed: number, say: (problem: string) => void): Promise<Point> {
  const chance = createChance(seed, 20);
  const point = chance.pick(allPoints);
  const inTurn = chance.pick(turns);
  let left = point === 'in the time of grace' ? 1 : chance.int(1, 2);
  const reached = (what: string): void => {
    if ((points[point] as readonly string[]).includes(what) && --left === 0) inTurn(leave);
  };
  const log = createTalkLog(say);
  const caller = new AbortController();
  const stop$ = new Subject<void>();
  const leave$ = new Subject<void>();
  const leave = (): void => {
    log.quiet = 'after it was left';
    leave$.next();
    for (const problem of leftovers(log, client, caller.signal)) say(`${point}: ${problem}`);
  };
  const whole = replyWith(chance);
  const client = memoryClient({
    chance,
    // Broken off before its `stop_reason`, for no tool that must run once may have been started.
    reply: () => (point === 'in a back-off' ? whole.slice(0, chance.int(0, whole.length - 2)) : whole),
    // Between the headers and the body, only the signal can tell the body.
    deaf: point !== 'behind the headers' && chance.is(0.5),
    reached,
  });
  const isBusy = point === 'while tools run' || point === 'in the time of grace';
  const guard: Guard = async () => {
    reached('guarded');
    return point === 'while a guard thinks' ? new Promise(() => undefined) : true;
  };
  const request = {
    model: 'claude-opus-5-5',
    max_tokens: 1024,
    messages: [{ role: 'user' as const, content: 'What now?' }],
    tools: isBusy ? endlessTools(log) : quickTools(log),
  };
  const options = {
    maxRounds: Infinity,
    retry: { retries: 5, minDelay: 5, maxDelay: 5 },
    stop$,
    stream: { signal: caller.signal },
    ...(chance.is(0.3) || point === 'while a guard thinks' ? { tools: { guard } } : {}),
  };

  const see = (event: RoundEvent): void => {
    log.events.push(event);
    reached(event.type === 'content_block_delta' ? event.delta.type : event.type);
    // Its reply is there, or it would not have been started.
    const isActing = event.type === 'tool_start' && event.name === 'act';
    if (point !== 'in the time of grace' || !isActing) return;
    stop$.next();
    reached('stopped');
  };
  await new Promise<void>((resolve) => {
    converse(client, request, options)
      .pipe(takeUntil(leave$))
      .subscribe({ next: see, error: resolve, complete: resolve });
  });
  if (log.quiet === undefined) say(`${point}: it ended by itself.`);
  return point;
}

/** What a run that was left still holds. */
function* leftovers(log: TalkLog, client: MemoryClient, caller: AbortSignal): Iterable<string> {
  const { requests, bodies } = client.open();
  if (requests > 0) yield 'a request is still under way.';
  if (bodies > 0) yield 'a body was neither read to its end nor cancelled.';
  if (log.watching > 0) yield 'an Observable of a tool is still subscribed to.';
  const answered = new Set(log.events.map((event) => (event.type === 'tool_result' ? event.id : undefined)));
  const running = log.runs.filter(({ id }) => !answered.has(id));
  if (running.some(({ signal }) => !signal.aborted)) yield 'a tool was not told to stop.';
  const unended = client.signals.filter((signal) => !client.over.has(signal));
  if (unended.some((signal) => !signal.aborted)) yield 'a request was not told to stop.';
  const given = [caller, ...client.signals, ...log.runs.map(({ signal }) => signal)];
  if (given.some((signal) => getEventListeners(signal, 'abort').length > 0)) yield 'a signal is still listened to.';
}
