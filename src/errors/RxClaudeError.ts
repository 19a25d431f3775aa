import type { ErrorTable, ErrorTag } from './ErrorTable.js';

/** All copies of the library share it, so that the CJS build knows an error of the ESM build. */
const MARK = Symbol.for('rxclaude.error');

/** Leaves the frames of a function out of a stack, and writes the error's name at its top; V8 only. */
const { captureStackTrace } = Error as { captureStackTrace?: (error: Error, above: unknown) => void };

/** Where an error happened, as far as that is known. */
export interface ErrorLocation {
  /** The number of the round that failed, counted from 1. */
  readonly round?: number;
  /** The number of the attempt that failed, counted from 1. */
  readonly attempt?: number;
  /** The API's `request-id`. */
  readonly requestId?: string | undefined;
}

/** What any error may be made with. */
type Circumstances = ErrorLocation & ErrorOptions;

/** What `toJSON` looks at. */
type Hidden = RxClaudeError & Partial<ErrorTable['ClaudeApiError'] & ErrorTable['OptionError']>;

/**
 * An error of this library, with the facts of its tag as fields: `error.limit` of a `TimeoutGuardError`. Narrow it by its
 * `_tag`. {@link ErrorTable} lists the tags and their facts.
 */
export type RxClaudeFailure<Tag extends ErrorTag = ErrorTag> = {
  readonly [T in Tag]: RxClaudeError<T> & ErrorTable[T];
}[Tag];

/**
 * The one class of this library's errors. {@link RxClaudeFailure} is its type with the facts.
 *
 * These errors are for the program to mend. What Claude can mend (bad input, an unknown tool, a tool that throws) is
 * never raised: it goes back to Claude as a `tool_result` with `is_error`. Errors of the SDK pass through as they are.
 *
 * A client or a source of your own can raise them too: `new RxClaudeError(tag, message, facts)`. The compiler asks for the
 * facts of the tag; beside them `cause`, `requestId`, `round` and `attempt` may be given.
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
  /** The API's `request-id`, when a response had come. */
  declare readonly requestId?: string | undefined;

  /**
   * @param message A sentence for people that says what to do. It must hold no secret.
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
    // Only that it is there counts.
  }

  /**
   * What `JSON.stringify` writes of it: name, message, tag and facts. Headers, bodies, causes and the value of an option
   * stay in the process. Words in the message that look like a secret are hidden only in `ErrorFacts`.
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
   * Tells whether a caught value is an error of this library, and, with a tag, whether it is that one. Use it in place of
   * `instanceof`, which fails when a program holds both the ESM and the CJS copy.
   */
  static is<Tag extends ErrorTag = ErrorTag>(value: unknown, tag?: Tag): value is RxClaudeFailure<Tag> {
    try {
      return MARK in (value as object) && (tag === undefined || (value as RxClaudeError)._tag === tag);
    } catch {
      return false; // Not an object, or a proxy that throws.
    }
  }
}
