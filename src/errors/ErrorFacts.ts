import type { ErrorTable, ErrorTag } from './ErrorTable.js';

/**
 * An error as plain JSON, as events carry it. It has no headers, keys, body or cause, and of an error from elsewhere
 * only the fields listed here. What is not known is absent.
 *
 * An error of this library also has its `tag` and that tag's facts, so a switch over `tag` narrows.
 */
export type ErrorFacts = OwnErrorFacts | (CommonErrorFacts & { readonly tag?: never });

/** What every error has. */
interface CommonErrorFacts {
  readonly name: string;
  /** Its message, cut to 2 000 characters, with everything that looks like a secret hidden. */
  readonly message: string;
  /** The API's error type, such as `overloaded_error`. */
  readonly type?: string;
  /** The HTTP status. */
  readonly status?: number;
  /** The API's `request-id`. */
  readonly request_id?: string;
  /** The number of the round that failed, counted from 1. */
  readonly round?: number;
  /** The number of the attempt that failed, counted from 1. */
  readonly attempt?: number;
  /** Whether the same request may succeed a moment later, by `isRetryable`. */
  readonly retryable: boolean;
}

/** An error of this library as plain JSON. */
type OwnErrorFacts<Tag extends ErrorTag = ErrorTag> = {
  readonly [T in Tag]: CommonErrorFacts & { readonly tag: T } & Told<ErrorTable[T], Secret<T>>;
}[Tag];

/** The facts of a tag that stay in the process. */
type Secret<Tag> = Tag extends 'OptionError' ? 'found' : 'headers' | 'error' | 'requestID';

/** Facts as JSON: one that may have no value may be absent. */
type Told<Facts, Hidden> = {
  readonly [Fact in keyof Facts as Fact extends Hidden ? never : Maybe<Facts[Fact], never, Fact>]: Facts[Fact];
} & {
  readonly [Fact in keyof Facts as Fact extends Hidden ? never : Maybe<Facts[Fact], Fact, never>]?: NonNullable<
    Facts[Fact]
  >;
};

type Maybe<Value, Yes, No> = undefined extends Value ? Yes : null extends Value ? Yes : No;
