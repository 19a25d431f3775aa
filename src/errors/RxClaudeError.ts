import type { ErrorTable, ErrorTag } from './ErrorTable.js';

/** Shared by all copies of the library, so that the CJS build recognizes an error of the ESM build. */
const MARK = Symbol.for('rxclaude.error');

/** Leaves a function's frames out of a stack and writes the error's name at its top; V8 only. */
const { captureStackTrace } = Error as { captureStackTrace?: (error: Error, above: unknown) => void };

/** Where an error happened; what is not known is absent. */
export interface ErrorLocation {
  /** The number of the round that failed, counted from 1. */
  readonly round?: number;
  /** The number of the attempt that failed, counted from 1. */
  readonly attempt?: number;
  /** The API's `request-id`. */
  readonly requestId?: string | undefined;
}

/** What every error can be given. */
type Circumstances = ErrorLocation & ErrorOptions;

/** What `toJSON` reads. */
type Hidden = RxClaudeError & Partial<ErrorTable['ClaudeApiError'] & ErrorTable['OptionError']>;

/**
 * An error of this library, with the facts of its tag as fields: `error.limit` of a `TimeoutGuardError`. Narrow it by its
 * `_tag`. {@link ErrorTable} lists the tags and their facts.
 */
export type RxClaudeFailure<Tag extends ErrorTag = ErrorTag> = {
  readonly [T in Tag]: RxClaudeError<T> & ErrorTable[T];
}[Tag];

/**
 * The one class for all errors of this library. {@link RxClaudeFailure} is its type with the facts.
 *
 * Only the program can fix what these errors report. What Claude can fix (bad input, an unknown tool, a tool that
 * throws) is never raised: it goes back to Claude as a `tool_result` with `is_error`. Errors of the SDK pass through
 * unchanged.
 *
 * Your own client or source can raise them too: `new RxClaudeError(tag, message, facts)`. The compiler asks for the
 * facts of the tag; `cause`, `requestId`, `round` and `attempt` are optional.
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
 *   error: (error: unknown) => {
 *     if (!RxClaudeError.is(error)) return console.error(error);
 *     switch (error._tag) {
 *       case 'TimeoutGuardError':
 *         return console.error(`Claude was silent for ${error.milliseconds} ms.`);
 *       case 'CircuitOpenError':
 *         return console.error(`Try again in ${error.retryIn} ms.`);
 *       default:
 *         return console.error(error.message);
 *     }
 *   },
 * });
 * ```
 */
export class RxClaudeError<Tag extends ErrorTag = ErrorTag> extends Error {
  /** Which error it is; also its `name`. */
  declare readonly _tag: Tag;
  /** The number of the round that failed, counted from 1; set by `resumeConversation`. */
  declare readonly round?: number;
  /** The number of the attempt that failed, counted from 1; set by `retryRound`. */
  declare readonly attempt?: number;
  /** The API's `request-id`, when there was a response. */
  declare readonly requestId?: string | undefined;

  /**
   * @param message A sentence for people that says what to do. It must not contain a secret.
   * @param facts The facts of the tag, which become fields; `ProtocolError` has none.
   */
  constructor(
    tag: Tag,
    message: string,
    ...[facts]: object extends ErrorTable[Tag] ? [facts?: Circumstances] : [facts: ErrorTable[Tag] & Circumstances]
  ) {
    super(message, facts);
    Object.assign(this, { _tag: tag, name: tag }, facts);
    captureStackTrace?.(this, RxClaudeError);
  }

  /** @internal */
  [MARK](): void {
    // Only its presence matters.
  }

  /**
   * What `JSON.stringify` writes: name, message, tag and facts. Headers, bodies, causes and the value of an option are
   * left out. Text in the message that looks like a secret is hidden only in `ErrorFacts`.
   */
  toJSON(): Readonly<Record<string, unknown>> {
    const {
      message,
      _tag: tag,
      found,
      requestID,
      requestId: request_id = requestID,
      headers,
      error,
      ...facts
    } = this as Hidden;
    return { ...facts, message, tag, request_id, found: tag === 'OptionError' ? undefined : found };
  }

  /**
   * Tells whether a caught value is an error of this library and, with a tag, whether it has that tag. Use it instead
   * of `instanceof`, which fails when a program loads both the ESM and the CJS build.
   */
  static is<Tag extends ErrorTag = ErrorTag>(value: unknown, tag?: Tag): value is RxClaudeFailure<Tag> {
    try {
      return MARK in (value as object) && (tag === undefined || (value as RxClaudeError)._tag === tag);
    } catch {
      return false; // Not an object, or a proxy that throws.
    }
  }
}
