import type { BetaTool, BetaToolUnion } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { ToolCallEvent } from '../events/RoundEvent.js';
import type { InputIssue } from '../events/ToolInputError.js';

/** What a tool can use while it runs. */
export interface ToolContext {
  /**
   * Aborted when the result is no longer needed: the run was stopped or unsubscribed from, or the tool's time is up.
   */
  readonly signal: AbortSignal;
  /** The call that is being answered. */
  readonly call: ToolCallEvent;
  /** The history up to the request that led to the call; empty unless `executeTools` was given it. */
  readonly messages: readonly MessageParam[];
  /**
   * Names this call and no other, `<id>-r<round>-c<index>`. It stays the same when the round is retried and Claude
   * makes the same call under another id, and when a run with your own `id` is replayed. For services that take such a
   * key to do the same work only once.
   */
  readonly idempotencyKey: string;
}

/**
 * Decides whether a call may run: `true` or `undefined` lets it through; a string refuses it and tells Claude why;
 * `false`, any other value or an error refuses it, too.
 */
export type Guard<Input = unknown> = (input: Input, context: ToolContext) => GuardAnswer;

/**
 * How a guard may answer: at once, with a promise, or with an Observable, whose first value is the verdict. One that
 * completes without a value refuses the call. It is unsubscribed from when its answer is no longer needed.
 */
export type GuardAnswer = GuardVerdict | PromiseLike<GuardVerdict> | Observable<GuardVerdict>;

/** A guard's verdict. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a guard that says nothing is one that only throws
export type GuardVerdict = boolean | string | undefined | void;

/**
 * What a tool may return. The last value of an async iterable, a generator or an Observable is the result; those before
 * it are progress.
 */
export type ToolReturn<Output> =
  Output | PromiseLike<Output> | AsyncIterable<Output> | Generator<Output> | Observable<Output>;

/** The result of a check: what is wrong with the input, field by field, or the decoded input. */
export type Decoded<Input> = Either<readonly InputIssue[], Input>;

/** A tool that Claude can call and this program can run. Made by `defineTool`. */
export interface Tool<Input = unknown, Output = unknown> {
  /** The name that Claude calls. */
  readonly name: string;
  /** The tool's API definition: all that Claude and the wire see of it. */
  readonly definition: BetaTool;
  /** Whether running it twice does no harm. An idempotent tool starts as soon as its input is complete. */
  readonly idempotent: boolean;
  /** Its own time limit in milliseconds, instead of that of `executeTools`. */
  readonly timeout?: number | undefined;
  /** The most characters of its result that Claude is shown, instead of the limit of `executeTools`. */
  readonly maxResultChars?: number | undefined;
  /** Decides whether a call may run, once its input is valid. */
  guard?(input: Input, context: ToolContext): GuardAnswer;
  /** Checks and converts an input as Claude wrote it. */
  decode(input: unknown): Decoded<Input> | PromiseLike<Decoded<Input>>;
  /** Does the work, with the decoded input. */
  run(input: Input, context: ToolContext): ToolReturn<Output>;
}

/** A tool as `executeTools` sees it, without what only Claude needs. */
export type RunnableTool = Omit<Tool, 'definition'>;

/** A runnable tool of the SDK, such as `betaZodTool`, `betaTool` or its MCP helpers make. */
export interface SdkRunnableTool {
  readonly name: string;
  parse?(content: unknown): unknown;
  run(input: never, context?: never): unknown;
}

/** An entry of `tools`: it can run here, or is only offered to Claude. */
export type ToolEntry = Tool | SdkRunnableTool | BetaToolUnion;
