/** Shared by every copy of the library, so that an error from the ESM build is known to the CJS build. */
const MARK = Symbol.for('rxclaude.error');

/** Where an error happened, as far as that is known. */
export interface ErrorLocation {
  /** The number of the round, counted from 1. */
  readonly round?: number;
  /** The number of the attempt at that round, counted from 1. */
  readonly attempt?: number;
  /** The API's `request-id`. */
  readonly requestId?: string | undefined;
}

/**
 * What every error of the library has in common.
 *
 * These errors are for the program to mend. What Claude can mend (bad input, an unknown tool, a tool that throws) is
 * never raised: it goes back to Claude as a `tool_result` with `is_error`. Errors of the SDK pass through as they are.
 *
 * @example
 * ```ts
 * import { converse, RxClaudeError } from 'rxclaude';
 * import type { ClaudeClient, ClaudeRequest } from 'rxclaude';
 *
 * declare const client: ClaudeClient;
 * declare const request: ClaudeRequest;
 *
 * converse(client, request).subscribe({
 *   error: (error) => {
 *     if (RxClaudeError.is(error)) console.error(error._tag, error.message);
 *   },
 * });
 * ```
 */
export abstract class RxClaudeError extends Error {
  /** Which error it is; also its `name`. */
  abstract readonly _tag: string;
  /** The number of the round that failed, counted from 1; set by `resumeConversation`. */
  declare readonly round?: number;
  /** The number of the attempt that failed, counted from 1; set by `retryRound`. */
  declare readonly attempt?: number;
  /** The API's `request-id`, when a response had come. */
  declare readonly requestId?: string | undefined;

  protected constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    Object.defineProperty(this, MARK, { value: true });
  }

  /**
   * Tells whether a caught value is an error of this library. Use it in place of `instanceof`, which fails when a
   * program holds both the ESM and the CJS copy.
   */
  static is(value: unknown): value is RxClaudeError {
    return typeof value === 'object' && value !== null && MARK in value;
  }
}
