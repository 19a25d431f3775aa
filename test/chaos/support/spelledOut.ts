import { from, fromEvent, map, merge, of, pipe, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import {
  accumulateToolInput,
  claudeStream,
  debugEvents,
  executeTools,
  resumeConversation,
  retryRound,
  timeoutGuard,
  validateWith,
} from 'rxclaude';
import type { ClaudeClient, ClaudeRequest, ConverseOptions, RetryPolicy, RoundEvent, ToolEntry } from 'rxclaude';
import { mendingHistory } from 'rxclaude/history';

/** The options of a conversation that the chaos runs vary. */
export type TalkOptions = Required<Pick<ConverseOptions, 'timeout' | 'tools' | 'stop$' | 'grace' | 'maxRounds'>> &
  Pick<ConverseOptions, 'deadline'> & {
    readonly retry: RetryPolicy;
    readonly stream: { readonly signal: AbortSignal };
  };

/** What a store or a wire does to an event. */
const copied = map((event: RoundEvent) => JSON.parse(JSON.stringify(event)) as RoundEvent);

/** An operator and a copy of all that it lets through. */
function copying(operator: MonoTypeOperatorFunction<RoundEvent>): MonoTypeOperatorFunction<RoundEvent> {
  return pipe(operator, copied);
}

/** What `converse` does, spelt out, with a copy of each event between any two operators. */
export function spelledOut(
  client: ClaudeClient,
  request: ClaudeRequest & { readonly tools: readonly ToolEntry[] },
  { timeout, tools, retry, stream, stop$, ...limits }: TalkOptions,
): Observable<RoundEvent> {
  return of(request).pipe(
    resumeConversation(
      (next, { id, round, stopTools$ }) => {
        const ofRound = { id, round, messages: next.messages };
        return claudeStream(client, next, { round }).pipe(
          copied,
          copying(timeoutGuard(timeout)),
          copying(accumulateToolInput({ round })),
          copying(validateWith(request.tools)),
          copying(retryRound({ ...retry, round })),
          copying(executeTools(request.tools, { ...tools, ...ofRound, grace: limits.grace, stop$: stopTools$ })),
        );
      },
      { ...limits, stop$: merge(from(stop$), fromEvent(stream.signal, 'abort')), history: mendingHistory() },
    ),
    copied,
    copying(debugEvents({ sink: () => undefined })),
  );
}
