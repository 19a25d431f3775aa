import { expectTypeOf } from 'expect-type';
import { of, type MonoTypeOperatorFunction, type Observable, type OperatorFunction } from 'rxjs';
import {
  accumulateMessage,
  accumulateToolInput,
  claudeStream,
  converse,
  debugEvents,
  executeTools,
  ofType,
  resumeConversation,
  textDeltas,
  timeoutGuard,
  validateWith,
} from 'rxclaude';
import type {
  ClaudeClient,
  ClaudeEvent,
  ResponseEvent,
  ClaudeMessage,
  ClaudeRequest,
  ConversationEndEvent,
  RoundEvent,
  RoundRequest,
  ToolCallEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
} from 'rxclaude';

declare const client: ClaudeClient;
declare const request: ClaudeRequest;
declare const events$: Observable<RoundEvent>;
declare const round: (request: RoundRequest) => Observable<RoundEvent>;

/** What must not compile. */
function refused(): unknown[] {
  return [
    // @ts-expect-error -- it is called `maxRounds`
    converse(client, request, { maxTurns: 3 }),
    // @ts-expect-error -- the limits on Claude's silence are an object
    converse(client, request, { timeout: 30_000 }),
    // @ts-expect-error -- there is no such limit
    converse(client, request, { timeout: { idle: 30_000 } }),
    // @ts-expect-error -- a number is needed
    converse(client, request, { tools: { concurrency: '4' } }),
    // @ts-expect-error -- it answers with a boolean
    converse(client, request, { stopWhen: () => 'now' }),
    // @ts-expect-error -- there is no such option of the SDK
    converse(client, request, { stream: { retries: 3 } }),
    // @ts-expect-error -- it is called `concurrency`
    executeTools([], { parallel: 4 }),
    // @ts-expect-error -- a number is needed
    executeTools([], { timeout: '1s' }),
    // @ts-expect-error -- a guard says yes, no or why not
    executeTools([], { guard: () => of(1) }),
    // @ts-expect-error -- it is called `maxRounds`
    resumeConversation(round, { rounds: 3 }),
    // @ts-expect-error -- a round gives events
    resumeConversation(() => of(1)),
    // @ts-expect-error -- there is no such limit
    timeoutGuard({ idle: 5 }),
    // @ts-expect-error -- the limits are needed
    timeoutGuard(),
    // @ts-expect-error -- it is called `sink`
    debugEvents({ log: () => undefined }),
    // @ts-expect-error -- a misspelt type
    events$.pipe(ofType('tool_cal')),
    // @ts-expect-error -- one misspelt type among others
    events$.pipe(ofType('tool_call', 'tool_results')),
    // @ts-expect-error -- at least one type is needed
    events$.pipe(ofType()),
    // @ts-expect-error -- `stream` is not for the caller to set
    claudeStream(client, { model: 'm', max_tokens: 1, messages: [], stream: true }),
    // @ts-expect-error -- a misspelt field of the request
    claudeStream(client, { model: 'm', max_token: 1, messages: [] }),
    // @ts-expect-error -- `messages` is missing
    converse(client, { model: 'm', max_tokens: 1 }),
    // @ts-expect-error -- there is no such role
    converse(client, { model: 'm', max_tokens: 1, messages: [{ role: 'bot', content: 'x' }] }),
    // @ts-expect-error -- these are events, not text
    of('text').pipe(accumulateMessage()),
  ];
}

function narrowed(): unknown[] {
  return [
    events$.pipe(ofType('tool_call')).subscribe((event) => {
      expectTypeOf(event).toEqualTypeOf<ToolCallEvent>();
      if (event.input._tag === 'Left') expectTypeOf(event.input.left.message).toEqualTypeOf<string>();
      else expectTypeOf(event.input.right).toEqualTypeOf<unknown>();
    }),
    events$.pipe(ofType('tool_start', 'tool_result')).subscribe((event) => {
      expectTypeOf(event).toEqualTypeOf<ToolStartEvent | ToolResultEvent>();
    }),
    events$.pipe(ofType('approval_decision')).subscribe(({ decision, reason }) => {
      expectTypeOf(decision).toEqualTypeOf<'approved' | 'denied' | 'expired'>();
      expectTypeOf(reason).toEqualTypeOf<string | undefined>();
    }),
    events$.pipe(ofType('conversation_end')).subscribe((event) => {
      expectTypeOf(event).toEqualTypeOf<ConversationEndEvent>();
    }),
    events$.pipe(ofType('content_block_delta')).subscribe(({ index, delta }) => {
      expectTypeOf(index).toEqualTypeOf<number>();
      if (delta.type === 'text_delta') expectTypeOf(delta.text).toEqualTypeOf<string>();
    }),
    events$.subscribe((event) => {
      if (event.type === 'tool_progress') expectTypeOf(event).toEqualTypeOf<ToolProgressEvent>();
    }),
  ];
}

describe('the types of the operators', () => {
  it('are checked by the compiler', () => {
    expect([refused, narrowed].map((check) => typeof check)).toEqual(['function', 'function']);
  });

  it('say what goes in and what comes out', () => {
    expectTypeOf(accumulateToolInput).returns.toEqualTypeOf<MonoTypeOperatorFunction<RoundEvent>>();
    expectTypeOf(validateWith).returns.toEqualTypeOf<MonoTypeOperatorFunction<RoundEvent>>();
    expectTypeOf(executeTools).returns.toEqualTypeOf<MonoTypeOperatorFunction<RoundEvent>>();
    expectTypeOf(debugEvents).returns.toEqualTypeOf<MonoTypeOperatorFunction<RoundEvent>>();
    expectTypeOf(accumulateMessage).returns.toEqualTypeOf<OperatorFunction<RoundEvent, ClaudeMessage>>();
    expectTypeOf(textDeltas).returns.toEqualTypeOf<OperatorFunction<RoundEvent, string>>();
    expectTypeOf(resumeConversation).returns.toEqualTypeOf<OperatorFunction<ClaudeRequest, RoundEvent>>();
    expectTypeOf(claudeStream).returns.toEqualTypeOf<Observable<ClaudeEvent | ResponseEvent>>();
    expectTypeOf(converse).returns.toEqualTypeOf<Observable<RoundEvent>>();
    expectTypeOf(timeoutGuard<number>).returns.toEqualTypeOf<MonoTypeOperatorFunction<number>>();
    expectTypeOf(ofType<'ping'>).returns.toEqualTypeOf<OperatorFunction<RoundEvent, { readonly type: 'ping' }>>();
  });

  it('let the pipeline be written as DESIGN.md has it', () => {
    const write = (tools: NonNullable<ClaudeRequest['tools']>): Observable<RoundEvent> => {
      const round = (request: RoundRequest) =>
        claudeStream(client, request).pipe(
          timeoutGuard({ first: 30_000, each: 60_000 }),
          accumulateToolInput(),
          validateWith(tools),
          executeTools(tools, { concurrency: 4 }),
        );
      return of(request).pipe(resumeConversation(round, { maxRounds: 10 }), debugEvents());
    };
    expect(typeof write).toBe('function');
  });
});
