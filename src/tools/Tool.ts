import type { BetaTool, BetaToolUnion } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { ToolCallEvent } from '../events/RoundEvent.js';
import type { InputIssue } from '../events/ToolInputError.js';

/** What a tool may look at while it runs. */
export interface ToolContext {
  /** Aborted when the result is no longer wanted: the run was stopped or unsubscribed from, or the tool's time is up. */
  readonly signal: AbortSignal;
  /** The call that is being answered. */
  readonly call: ToolCallEvent;
  /** The history up to the request that led to the call; empty unless `executeTools` was given it. */
  readonly messages: readonly MessageParam[];
  /**
   * Names this call and no other, `<id>-r<round>-c<index>`. Stays the same when the round is tried again and Claude makes
   * the same call anew under another id, and when a run with an `id` of its own is played again. For services that take
   * such a key and do the same work only once.
   */
  readonly idempotencyKey: string;
}

/**
 * Looks at a call before it is run, and says whether it may be: `true` or nothing at all lets it through; a string says
 * to Claude why not; `false`, anything else, or an error refuses it, too.
 */
export type Guard<Input = unknown> = (input: Input, context: ToolContext) => GuardAnswer;

/**
 * How a guard may answer: at once, with a promise, or with an Observable, whose first value is the verdict. One that
 * completes without a value refuses the call. It is unsubscribed from when nobody waits for its answer any more.
 */
export type GuardAnswer = GuardVerdict | PromiseLike<GuardVerdict> | Observable<GuardVerdict>;

/** What a guard may say. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a guard that says nothing is one that only throws
export type GuardVerdict = boolean | string | undefined | void;

/**
 * What a tool may return. Of an async iterable, a generator or an Observable, the last value is the result and those before it are
 * progress.
 */
export type ToolReturn<Output> =
  Output | PromiseLike<Output> | AsyncIterable<Output> | Generator<Output> | Observable<Output>;

/** The outcome of a check: what is wrong with the input, field by field, or the decoded input. */
export type Decoded<Input> = Either<readonly InputIssue[], Input>;

/** A tool that Claude can call and this program can run. Made by `defineTool`. */
export interface Tool<Input = unknown, Output = unknown> {
  /** What Claude calls it by. */
  readonly name: string;
  /** What Claude is told about the tool, and all of it that goes on the wire. */
  readonly definition: BetaTool;
  /** Whether running it twice does no harm. An idempotent tool starts as soon as its input is complete. */
  readonly idempotent: boolean;
  /** Its own time limit in milliseconds, in place of the one of `executeTools`. */
  readonly timeout?: number | undefined;
  /** The most characters of its result that Claude is shown, in place of the limit of `executeTools`. */
  readonly maxResultChars?: number | undefined;
  /** Whether a call may be run, asked after its input was found valid. */
  guard?(input: Input, context: ToolContext): GuardAnswer;
  /** Checks and converts an input as Claude wrote it. */
  decode(input: unknown): Decoded<Input> | PromiseLike<Decoded<Input>>;
  /** Does the work, with the decoded input. */
  run(input: Input, context: ToolContext): ToolReturn<Output>;
}

/** A tool as `executeTools` sees it: what it is to Claude plays no part. */
export type RunnableTool = Omit<Tool, 'definition'>;

/** A runnable tool of the SDK, such as `betaZodTool`, `betaTool` or its MCP helpers make. */
export interface SdkRunnableTool {
  readonly name: string;
  parse?(content: unknown): unknown;
  run(input: never, context?: never): unknown;
}

/** Whatever may stand in `tools`: what can be run here, and what is only offered to Claude. */
export type ToolEntry = Tool | SdkRunnableTool | BetaToolUnion;
