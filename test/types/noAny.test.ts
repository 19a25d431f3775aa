import { expectTypeOf } from 'expect-type';
import type { Observable, OperatorFunction } from 'rxjs';
import * as t from 'io-ts';
import type * as Library from 'rxclaude';
import type * as Codecs from 'rxclaude/codecs';
import type * as History from 'rxclaude/history';
import { defineTool } from 'rxclaude';

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The names of the fields whose type is `any`, or that hold `any` one level deeper. */
type AnyKeys<T> = { [Key in keyof T]-?: IsAny<T[Key]> extends true ? Key : never }[keyof T];

/** What a function takes and gives, and whether any of it is `any`. */
type AnyIn<F> = F extends (...args: infer Args) => infer Result
  ? IsAny<Result> extends true
    ? 'result'
    : { [At in keyof Args]-?: IsAny<Args[At]> extends true ? 'argument' : never }[number]
  : never;

type Functions<Module> = {
  [Name in keyof Module as Module[Name] extends (...args: never[]) => unknown ? Name : never]: AnyIn<Module[Name]>;
};

type Events = Library.RoundEvent;
type Leaks<T> = T extends unknown ? AnyKeys<T> : never;

type ElementOf<F> = F extends (...args: never[]) => Observable<infer T>
  ? T
  : F extends (...args: never[]) => OperatorFunction<infer In, infer Out>
    ? In | Out
    : never;

describe('no `any` leaks', () => {
  it('would be found', () => {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it is what is looked for
    type Any = any;
    expectTypeOf<AnyIn<(a: string, b?: Any) => void>>().toEqualTypeOf<'argument'>();
    expectTypeOf<AnyIn<() => Any>>().toEqualTypeOf<'result'>();
    expectTypeOf<Leaks<{ a: string; b?: Any }>>().toEqualTypeOf<'b'>();
  });

  it('from a function of the library', () => {
    expectTypeOf<Functions<typeof Library>[keyof Functions<typeof Library>]>().toBeNever();
    expectTypeOf<Functions<typeof History>[keyof Functions<typeof History>]>().toBeNever();
    expectTypeOf<Functions<typeof Codecs>[keyof Functions<typeof Codecs>]>().toBeNever();
    expectTypeOf<keyof Functions<typeof Library>>().toEqualTypeOf<
      | 'accumulateMessage'
      | 'accumulateToolInput'
      | 'boundedConcatMap'
      | 'circuitBreaker'
      | 'claudeStream'
      | 'claudeThread'
      | 'converse'
      | 'createBreaker'
      | 'debugEvents'
      | 'defineTool'
      | 'describeCodec'
      | 'executeTools'
      | 'fatal'
      | 'fetchClient'
      | 'growingInput'
      | 'ioTsJsonSchema'
      | 'isRetryable'
      | 'jsonSchema'
      | 'ofType'
      | 'resumeConversation'
      | 'retryRound'
      | 'snapshots'
      | 'textDeltas'
      | 'timeoutGuard'
      | 'toErrorFacts'
      | 'validateWith'
    >();
  });

  it('from a field of an event', () => {
    expectTypeOf<Leaks<Events>>().toBeNever();
    expectTypeOf<Leaks<Library.ToolInputError>>().toBeNever();
    expectTypeOf<Leaks<Library.InputIssue>>().toBeNever();
    expectTypeOf<Leaks<Library.UsageTotals>>().toBeNever();
    expectTypeOf<Leaks<Library.ToolFailure>>().toBeNever();
    expectTypeOf<Leaks<Library.Deadline>>().toBeNever();
    expectTypeOf<Extract<Events, { type: 'round_retry' }>['error']>().toEqualTypeOf<Library.ErrorFacts>();
    expectTypeOf<Library.ConversationEndEvent['error']>().toEqualTypeOf<Library.ErrorFacts | undefined>();
    expectTypeOf<Extract<Events, { type: 'tool_result' }>['outcome']>().not.toBeAny();
    expectTypeOf<
      Extract<Extract<Events, { type: 'tool_result' }>['outcome'], { _tag: 'Right' }>['right']
    >().toBeUnknown();
    expectTypeOf<Extract<Events, { type: 'approval_request' }>['input']>().toBeUnknown();
    expectTypeOf<Extract<Events, { type: 'tool_progress' }>['value']>().toBeUnknown();
    expectTypeOf<Library.GrowingInput['value']>().toBeUnknown();
    expectTypeOf<Library.ConversationEndEvent['message']>().not.toBeAny();
    expectTypeOf<Library.ConversationEndEvent['messages'][number]['content']>().not.toBeAny();
    expectTypeOf<Library.ConversationEndEvent['reason']>().not.toBeAny();
    expectTypeOf<Library.RoundEndEvent['results'][number]['content']>().not.toBeAny();
  });

  it('from options, tools, requests and clients', () => {
    expectTypeOf<Leaks<Library.ConverseOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.ExecuteToolsOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.ResumeConversationOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.RetryPolicy>>().toBeNever();
    expectTypeOf<Leaks<Library.AccumulateToolInputOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.GrowingInputOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.ValidateWithOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.TextDeltasOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.BoundedConcatMapOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.BreakerOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.Breaker>>().toBeNever();
    expectTypeOf<Leaks<Library.BreakerState>>().toBeNever();
    expectTypeOf<Leaks<Library.ClaudeStreamOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.RoundContext>>().toBeNever();
    expectTypeOf<AnyIn<Library.Guard>>().toBeNever();
    expectTypeOf<Leaks<History.AdmittedRequest>>().toBeNever();
    expectTypeOf<Leaks<History.HistoryKeeper>>().toBeNever();
    expectTypeOf<Leaks<Library.HistoryDefect>>().toBeNever();
    expectTypeOf<Leaks<Library.HistoryChange>>().toBeNever();
    expectTypeOf<Leaks<History.MendedHistory<History.HistoryMessage>>>().toBeNever();
    expectTypeOf<Leaks<Library.TimeoutGuardOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.DebugEventsOptions>>().toBeNever();
    expectTypeOf<Leaks<Library.CodecDescription>>().toBeNever();
    expectTypeOf<Leaks<Library.ClaudeRequest>>().toBeNever();
    expectTypeOf<Leaks<Library.RoundRequest>>().toBeNever();
    expectTypeOf<Leaks<Library.ClaudeClient>>().toBeNever();
    expectTypeOf<Leaks<Library.Tool>>().toBeNever();
    expectTypeOf<Leaks<Library.ToolContext>>().toBeNever();
    expectTypeOf<Leaks<Library.SdkRunnableTool>>().toBeNever();
    expectTypeOf<AnyIn<Library.Round>>().toBeNever();
    expectTypeOf<AnyIn<Library.Tool['run']>>().toBeNever();
    expectTypeOf<AnyIn<Library.Tool['decode']>>().toBeNever();
    expectTypeOf<AnyIn<Library.ClaudeClient['messages']['create']>>().toBeNever();
  });

  it('from what streams carry', () => {
    expectTypeOf<ElementOf<typeof Library.converse>>().toEqualTypeOf<Events>();
    expectTypeOf<ElementOf<typeof Library.claudeStream>>().toEqualTypeOf<Library.ClaudeEvent | Library.ResponseEvent>();
    expectTypeOf<ElementOf<typeof Library.textDeltas>>().toEqualTypeOf<Events | string>();
    expectTypeOf<ElementOf<typeof Library.accumulateMessage>>().not.toBeAny();
    expectTypeOf<ElementOf<typeof Library.growingInput>>().toEqualTypeOf<Events | Library.GrowingInput>();
    expectTypeOf<ElementOf<typeof Library.resumeConversation>>().not.toBeAny();
  });

  it('from errors', () => {
    expectTypeOf<Leaks<Library.RxClaudeFailure>>().toBeNever();
    expectTypeOf<{ [Tag in Library.ErrorTag]: Leaks<Library.ErrorTable[Tag]> }[Library.ErrorTag]>().toBeNever();
    expectTypeOf<Leaks<Library.ErrorFacts>>().toBeNever();
    expectTypeOf<Library.RxClaudeFailure<'OptionError'>['found']>().toBeUnknown();
    expectTypeOf<Library.RxClaudeError['cause']>().toBeUnknown();
  });

  it('into `run`, even from a schema that says nothing', () => {
    const tool = defineTool({
      name: 'x',
      description: 'x',
      input: t.type({ a: t.unknown }),
      run: (input, { call, messages, signal }) => {
        expectTypeOf(input).not.toBeAny();
        expectTypeOf(input.a).toBeUnknown();
        expectTypeOf(call.input).not.toBeAny();
        expectTypeOf(messages[0]).not.toBeAny();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return 1;
      },
    });
    expect(tool.name).toBe('x');
  });
});
