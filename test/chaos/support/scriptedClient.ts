import type { ClaudeClient, ClaudeEvent } from 'rxclaude';
import { concat, concatMap, delay, EMPTY, from, NEVER, type Observable, of, throwError } from 'rxjs';
import { reply, text, toolUse } from '../../support/replies.js';
import { refuse } from '../../support/strictRules/refuse.js';
import { readServed } from '../../support/strictRules/served.js';
import { isObject, readView } from '../../support/strictRules/view.js';
import type { Exchange } from '../../support/strictRules/view.js';
import type { TalkLog } from './TalkLog.js';

/** One reply of Claude's, and what goes wrong with it. */
export interface ScriptedReply {
  /** Whether it makes the calls of the attempt before it. */
  readonly again: boolean;
  readonly calls: readonly ScriptedCall[];
  /** Whether it says something, too. */
  readonly speaks: boolean;
  /** Milliseconds before each event; 0 for all of them in one turn. */
  readonly gap: number;
  readonly stop: 'tool_use' | 'max_tokens' | 'refusal';
  readonly failure: { readonly behind: number; readonly how: 'error' | 'wrong' | 'cut' | 'silence' } | null;
}

/** A call of a tool. What the tool does is in its input, so that the same call does the same. */
export interface ScriptedCall {
  /** Whether it is the call before it, made twice. */
  readonly again: boolean;
  readonly name: 'look' | 'act' | 'nowhere';
  readonly input: { readonly n: number; readonly ms: number; readonly outcome: string };
}

export interface ScriptedClient extends ClaudeClient {
  readonly exchange: Exchange | undefined;
}

/**
 * A client in virtual time that refuses what the API would refuse. Each round has its attempts; behind them all, Claude
 * has no more to say.
 */
export function scriptedClient(rounds: readonly (readonly ScriptedReply[])[], log: TalkLog): ScriptedClient {
  let exchange: Exchange | undefined;
  let length = 0;
  let round = 0;
  let attempt = 0;

  const create = (params: object): Observable<ClaudeEvent> => {
    log.asked();
    const body = JSON.parse(JSON.stringify(params)) as Record<string, unknown>;
    const view = readView(body);
    const refusal = refuse(body, exchange);
    if (refusal !== undefined) log.say(refusal);
    if (typeof view === 'string') return EMPTY;
    attempt++;
    if (view.messages.length !== length) {
      length = view.messages.length;
      round++;
      attempt = 1;
    }
    const mayCall = !(isObject(body['tool_choice']) && body['tool_choice']['type'] === 'none');
    const attempts = rounds[round - 1] ?? [];
    const scripted = mayCall ? attempts[attempt - 1] : undefined;
    const events =
      scripted === undefined
        ? reply({ content: ['Done.'] })
        : eventsOf(scripted, (scripted.again ? attempts[attempt - 2] : undefined) ?? scripted, `${round}_${attempt}`);
    const sent = events.slice(0, scripted?.failure?.behind);
    exchange = { request: view, served: readServed(sent) };
    const { gap = 0, failure } = scripted ?? {};
    return concat(inTime(sent as ClaudeEvent[], gap), ending(failure?.how));
  };
  return {
    messages: { create },
    get exchange() {
      return exchange;
    },
  };
}

function eventsOf({ speaks, stop }: ScriptedReply, { calls }: ScriptedReply, tag: string): object[] {
  const written = calls.map((call, at) => {
    const { name, input } = (call.again ? calls[at - 1] : undefined) ?? call;
    return toolUse({ id: `toolu_${tag}_${String(at)}`, name, input });
  });
  const content = [...(speaks ? [text(['So. '])] : []), ...written];
  const stop_reason = stop === 'tool_use' && calls.length === 0 ? 'end_turn' : stop;
  return reply({ content, stop_reason });
}

function inTime(events: readonly ClaudeEvent[], gap: number): Observable<ClaudeEvent> {
  return gap === 0 ? from(events) : from(events).pipe(concatMap((event) => of(event).pipe(delay(gap))));
}

function ending(how: NonNullable<ScriptedReply['failure']>['how'] | undefined): Observable<never> {
  if (how === 'error') return throwError(() => Object.assign(new Error('Overloaded'), { type: 'overloaded_error' }));
  if (how === 'wrong') return throwError(() => Object.assign(new Error('Wrong'), { status: 400 }));
  return how === 'silence' ? NEVER : EMPTY;
}
