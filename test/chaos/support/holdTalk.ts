import { Subject, takeUntil } from 'rxjs';
import { converse } from 'rxclaude';
import type { ClaudeClient } from 'rxclaude';
import { createChance } from './chance.js';
import { TALK_HEADER } from './chaosServer.js';
import type { ChaosServer, ServedTalk } from './chaosServer.js';
import { leavingOf } from './leaving.js';
import type { Leaving } from './leaving.js';
import { createTalkLog } from './TalkLog.js';
import type { TalkLog } from './TalkLog.js';
import { spelledOut, type TalkOptions } from './spelledOut.js';
import { guard, toolsFor } from './tools.js';

/** A conversation that is over, and all that is known of it. */
export interface HeldTalk {
  readonly seed: number;
  readonly log: TalkLog;
  readonly ending: Ending;
  readonly leaving: Leaving;
  /** Whether it was left before its end. */
  readonly left: boolean;
  readonly maxRounds: number;
  readonly retries: number;
  /** The caller's own signal. */
  readonly signal: AbortSignal;
  readonly served: ServedTalk;
}

export type Ending =
  { readonly how: 'completed' | 'unsubscribed' } | { readonly how: 'failed'; readonly error: unknown };

const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const };
/** In milliseconds. Long enough that a busy machine makes none itself. */
const SILENCE = 500;
/** What every conversation begins with. */
const question = {
  model: 'claude-opus-5-5',
  max_tokens: 1024,
  system: 'Be brave.',
  messages: [{ role: 'user' as const, content: 'What now?' }],
};

/** Holds the conversation that a seed decides, and resolves when it is over. */
export async function holdTalk(
  server: ChaosServer,
  clients: readonly ClaudeClient[],
  seed: number,
  say: (problem: string) => void,
  leaving = leavingOf(seed),
): Promise<HeldTalk> {
  const log = createTalkLog(say);
  const chance = createChance(seed, 8);
  const limits = { maxRounds: chance.pick([10, 10, 3]), retries: chance.pick([2, 2, 1, 0]) };
  const served = server.begin(seed);
  const abort = new AbortController();
  const stop$ = new Subject<void>();
  const unsubscribe$ = new Subject<void>();
  const client = watchedClient(chance.pick(clients), seed, log);
  const request = { ...question, tools: [...toolsFor(seed, log), webSearch] };
  const options: TalkOptions = {
    maxRounds: limits.maxRounds,
    retry: { retries: limits.retries, minDelay: 1, maxDelay: 3 },
    tools: { concurrency: chance.int(1, 4), timeout: 40, ...(chance.is(0.2) && { guard }) },
    timeout: { first: SILENCE, each: SILENCE },
    grace: leaving.grace,
    stop$,
    stream: { signal: abort.signal },
    ...(leaving.how === 'wrap_up' && { deadline: { total: 1_000, wrapUp: chance.int(800, 980) } }),
  };
  // One in four is held by operators that get copies of each other's events.
  const hold = createChance(seed, 10).is(0.25) ? spelledOut : converse;
  const conversation = hold(client, request, options);

  const ways = {
    stop: () => {
      stop$.next();
    },
    abort: () => {
      abort.abort();
    },
    unsubscribe: () => {
      unsubscribe$.next();
    },
  };
  let left = false;
  const leave = (): void => {
    const { how } = leaving;
    if (log.quiet !== undefined || how === 'not' || how === 'wrap_up') return;
    left = true;
    log.quiet = `after ${how}`;
    ways[how]();
  };
  const { when } = leaving;
  const timer = 'milliseconds' in when ? setTimeout(leave, when.milliseconds) : undefined;
  let counted = 0;

  const ending = await new Promise<Ending>((resolve) => {
    conversation.pipe(takeUntil(unsubscribe$)).subscribe({
      next: (event) => {
        log.events.push(event);
        if (event.type === 'conversation_end') log.quiet ??= 'after the end';
        if ('type' in when && event.type === when.type && ++counted === when.count) leave();
      },
      error: (error: unknown) => {
        resolve({ how: 'failed', error });
      },
      complete: () => {
        resolve({ how: left && leaving.how === 'unsubscribe' ? 'unsubscribed' : 'completed' });
      },
    });
  });
  clearTimeout(timer);
  log.quiet ??= 'after the end';
  return { seed, log, ending, leaving, left, ...limits, signal: abort.signal, served };
}

/** A client whose requests are written down, and say which one of which conversation they are. */
function watchedClient({ messages }: ClaudeClient, seed: number, log: TalkLog): ClaudeClient {
  const create: ClaudeClient['messages']['create'] = (params, options) =>
    messages.create(params, { ...options, headers: { [TALK_HEADER]: `${String(seed)}/${String(log.asked())}` } });
  return { messages: { create } };
}
