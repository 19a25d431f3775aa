import { resumeConversation, toErrorFacts } from 'rxclaude';
import type { ClaudeEvent, ClaudeRequest, Round, RoundEvent, RoundRequest, ToolResultEvent } from 'rxclaude';
import { asIs, type HistoryPolicy } from 'rxclaude/history';
import { EMPTY, Observable, of, share, Subject, takeUntil, type Subscriber } from 'rxjs';
import { overloaded, refused } from '../../../marbles/specs/support/overloaded.js';
import { reply, text, thinking, toolUse } from '../../support/replies.js';
import { PLAIN, TOTAL, type Act, type Plan, type Script } from './loopScript.js';

/** What can be seen of a conversation from outside. Times are in milliseconds since it began. */
export interface Log {
  readonly events: RoundEvent[];
  /** When each event came, and how many timers were set then. */
  readonly times: number[];
  readonly timers: number[];
  /** The events as a second listener sees them. */
  readonly second: RoundEvent[];
  readonly requests: RoundRequest[];
  end: 'complete' | 'error' | 'left' | undefined;
  error: unknown;
  /** What came after the end. */
  readonly late: string[];
  /** How many rounds are subscribed to, and the most at a time. */
  open: number;
  most: number;
  /** When the tools of a round were told to stop. */
  readonly stops: { readonly round: number; readonly at: number }[];
  /** Whether something still listens to `stop$`. */
  listening: boolean;
  /** When it was stopped while it ran, and how many events there were. */
  stoppedAt: number | undefined;
  stoppedAfter: number;
  /** How many events there were when a listener stopped it inside one of them, before Claude had ended its reply. */
  stoppedWithin: number | undefined;
  /** How many events there were when the round told what cannot be. */
  brokenAt: number | undefined;
}

export const tools = [0, 1, 2, 3].map((at) => ({ name: `t${at}`, input_schema: { type: 'object' as const } }));
export const request: ClaudeRequest = {
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
  tools,
};

/** A round that is under way. */
interface Running {
  readonly subscriber: Subscriber<RoundEvent>;
  readonly plan: Plan;
  readonly round: number;
  /** What it has told since its last attempt began, and what it has still to tell. */
  told: RoundEvent[];
  left: RoundEvent[];
}

/** All events of a round. */
function eventsOf({ calls, ends, eager, hangs }: Plan, round: number): RoundEvent[] {
  const named = calls.map((tool, at) => ({ round, id: `toolu_${round}_${at}`, name: `t${tool}`, index: at + 2 }));
  const content = [
    ...[thinking(['Hm.']), text(['One ', 'moment.'])],
    ...named.map(({ id, name }) => toolUse({ id, name, input: {} })),
  ];
  const events = reply({ id: `msg_${round}`, content, stop_reason: ends }) as ClaudeEvent[];
  const starts = named.map((call) => ({ type: 'tool_start' as const, ...call }));
  const results = hangs ? [] : named.map((call) => toResult(call, 'done'));
  return [
    ...events.slice(0, -2),
    ...(eager ? starts : []),
    events.at(-2)!,
    ...(eager ? [] : starts),
    ...results.slice(0, 1),
    events.at(-1)!,
    ...results.slice(1),
  ];
}

function toResult(call: Pick<ToolResultEvent, 'round' | 'id' | 'name' | 'index'>, content: string): RoundEvent {
  const result = { type: 'tool_result' as const, tool_use_id: call.id, content };
  return { type: 'tool_result', ...call, result, outcome: { _tag: 'Right', right: content }, duration: 1 };
}

/** Whether the reply has begun, and whether it is whole. */
function has(running: Running, type: RoundEvent['type']): boolean {
  return running.told.some((event) => event.type === type);
}

/** Plays a script in fake time, which the caller sets up. */
export function play(script: Script): Log {
  const log: Log = {
    ...{ events: [], times: [], timers: [], second: [], requests: [], late: [], stops: [] },
    ...{ end: undefined, error: undefined, open: 0, most: 0, listening: false },
    ...{ stoppedAt: undefined, stoppedAfter: 0, stoppedWithin: undefined, brokenAt: undefined },
  };
  const stop$ = new Subject<void>();
  const left$ = new Subject<void>();
  const reactions = [...script.reactions];
  const judgements = [...script.judgements];
  const begun = Date.now();
  let current: Running | undefined;
  /** How many acts are under way, one inside the other, and how many of them are reactions. */
  let depth = 0;
  let reacting = 0;

  const tell = (running: Running, event: RoundEvent): void => {
    running.told.push(event);
    running.subscriber.next(event);
  };
  const emit = (count: number): void => {
    const running = current;
    for (let n = 0; n < count && running !== undefined && !running.subscriber.closed; n++) {
      const event = running.left.shift();
      if (event === undefined) break;
      tell(running, event);
    }
  };
  const stop = (): void => {
    if (stop$.observed && log.events.at(-1)?.type !== 'conversation_end') {
      if (reacting === 0 && log.stoppedAt === undefined) {
        log.stoppedAt = Date.now() - begun;
        log.stoppedAfter = log.events.length;
      }
      const speaking = current === undefined || !has(current, 'message_delta');
      if (reacting === 1 && depth <= 2 && speaking) log.stoppedWithin ??= log.events.length;
    }
    stop$.next();
  };
  const act = (what: Act): void => {
    if (depth > 3) return;
    depth++;
    switch (what.do) {
      case 'next':
        emit(what.count);
        break;
      case 'wait':
        if (reacting === 0) jest.advanceTimersByTime(what.milliseconds);
        break;
      case 'complete':
        emit(99);
        current?.subscriber.complete();
        break;
      case 'fail':
        current?.subscriber.error(overloaded());
        break;
      case 'refuse':
        current?.subscriber.error(refused(400));
        break;
      case 'retry':
        if (current !== undefined) retry(current);
        break;
      case 'restart':
        if (current !== undefined) restart(current);
        break;
      case 'stop':
        stop();
        break;
      case 'stopFails':
        stop$.error(new Error('stop$ fails.'));
        break;
      case 'stopCompletes':
        stop$.complete();
        break;
      case 'leave':
        log.end ??= 'left';
        left$.next();
    }
    depth--;
  };
  const retry = (running: Running): void => {
    running.left = eventsOf(running.plan, running.round);
    running.told = [];
    const error = toErrorFacts(overloaded());
    running.subscriber.next({ type: 'round_retry', round: running.round, attempt: 1, error, delay: 0 });
  };
  const restart = (running: Running): void => {
    if (has(running, 'message_start') && !has(running, 'message_stop')) log.brokenAt ??= log.events.length;
    running.subscriber.next(eventsOf(running.plan, running.round)[0]!);
  };
  const answer = (running: Running, why: string): void => {
    const answered = new Set(running.told.flatMap((event) => (event.type === 'tool_result' ? [event.id] : [])));
    for (const event of running.told) {
      if (event.type !== 'content_block_start' || event.content_block.type !== 'tool_use') continue;
      const { id, name } = event.content_block;
      if (!answered.has(id)) tell(running, toResult({ round: 1, id, name, index: event.index }, why));
    }
    running.left = running.left.filter(({ type }) => type !== 'tool_result');
    if (has(running, 'message_stop')) running.subscriber.complete();
  };
  const toRound: Round = (sent, { round, stopTools$ }) => {
    const plan = script.plans[round - 1] ?? PLAIN;
    if (plan.throws) throw new Error('The round throws.');
    return new Observable((subscriber) => {
      log.requests.push(sent);
      log.most = Math.max(log.most, ++log.open);
      const running: Running = { subscriber, plan, round, told: [], left: eventsOf(plan, round) };
      current = running;
      subscriber.add(() => {
        log.open--;
        if (current === running) current = undefined;
        if (plan.stopsWhenLeft) stop$.next();
      });
      subscriber.add(
        stopTools$.subscribe((why) => {
          log.stops.push({ round, at: Date.now() - begun });
          if (plan.onStop === 'answer') answer(running, why);
          else if (plan.onStop === 'fail') subscriber.error(new Error('It fails when it is stopped.'));
        }),
      );
      if (plan.atOnce === 0) return;
      emit(plan.atOnce);
      if (current === running && running.left.length === 0) subscriber.complete();
    });
  };
  const stopWhen = (): boolean => {
    const judgement = judgements.shift();
    if (judgement === 'throw') throw new Error('stopWhen throws.');
    if (judgement === 'stop') stop$.next();
    return judgement === 'yes';
  };
  const note = (event: RoundEvent): void => {
    if (log.end !== undefined) log.late.push(event.type);
    log.events.push(event);
    log.times.push(Date.now() - begun);
    log.timers.push(jest.getTimerCount());
  };
  const react = ({ type }: RoundEvent): void => {
    const at = reactions.findIndex(({ on }) => on === type);
    if (at === -1) return;
    reacting++;
    act(reactions.splice(at, 1)[0]!.act);
    reacting--;
  };

  const { maxRounds, grace, wrapUp } = script;
  const deadline = { total: TOTAL, ...(wrapUp !== undefined && { wrapUp }) };
  const history: HistoryPolicy = (given) => ({
    ...asIs(given),
    ...(script.historyThrows && {
      leave: () => {
        throw new Error('The history policy throws.');
      },
    }),
  });
  const conversation = of(request).pipe(
    resumeConversation(toRound, { maxRounds, grace, stopWhen, stop$, deadline, history }),
    share({ resetOnComplete: false, resetOnError: false }),
  );
  const end = (word: 'complete' | 'error'): void => {
    if (log.end !== undefined) log.late.push(word);
    log.end ??= word;
  };
  conversation.pipe(takeUntil(left$)).subscribe({
    next: (event) => {
      note(event);
      react(event);
    },
    error: (error: unknown) => {
      log.error = error;
      end('error');
    },
    complete: () => {
      if (log.end !== 'left') end('complete');
    },
  });
  const other = (log.end === undefined ? conversation : EMPTY).subscribe({
    next: (event) => log.second.push(event),
    error: () => undefined,
  });
  for (const what of script.acts) {
    act(what);
    if (log.end === 'left') other.unsubscribe();
  }
  jest.advanceTimersByTime(2 * TOTAL);
  other.unsubscribe();
  log.listening = stop$.observed;
  return log;
}
