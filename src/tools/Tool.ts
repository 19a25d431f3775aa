import type { BetaTool, BetaToolUnion } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { ToolCallEvent } from '../events/RoundEvent.js';
import type { InputIssue } from '../events/ToolInputError.js';

/** What a tool may look at while it runs. */
export interface ToolContext {
  /** Aborted when the result is no longer wanted: the run was unsubscribed from, or the tool's time is up. */
  readonly signal: AbortSignal;
  /** The call that is being answered. */
  readonly call: ToolCallEvent;
  /** The history up to the request that led to the call; empty unless `executeTools` was given it. */
  readonly messages: readonly MessageParam[];
}

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
