import type { HistoryDefect } from './HistoryDefect.js';

/** Which limit ran out; for a `deadline` it is `total`. */
export type TimeoutLimit = 'first' | 'each' | 'total';

/** The errors of this library: each tag, with the facts that its errors have as fields. */
export interface ErrorTable {
  /** A circuit breaker is open, so nothing was sent. */
  readonly CircuitOpenError: {
    /**
     * When the next stream is let through, in milliseconds since 1970. While a probe runs, which may take any time,
     * this is now.
     */
    readonly retryAt: number;
    /** How long until then, in milliseconds; 0 while a probe runs. */
    readonly retryIn: number;
  };
  /**
   * The API refused a request, or broke off its stream with an `error` event. Comes from `fetchClient`; the SDK has its
   * own `APIError`, with the same fields, so one handler does for both.
   */
  readonly ClaudeApiError: {
    /** The HTTP status; `undefined` for an `error` event within a stream. */
    readonly status: number | undefined;
    /** The response's headers, such as `retry-after`. */
    readonly headers: Headers | undefined;
    /** The API's `request-id`, under the SDK's name for it; `undefined` when the response had none. */
    readonly requestID: string | undefined;
    /** The whole body: the API's JSON, or any other text, such as a proxy's page. */
    readonly error: unknown;
    /** The API's error type, such as `overloaded_error`; `null` when it gave none. */
    readonly type: string | null;
    /** The API's more specific error code, such as `thread_not_found`; `null` when it gave none. */
    readonly errorCode: string | null;
  };
  /** A history cannot be sent as it is: the API would refuse it, and every request after it. */
  readonly HistoryError: {
    /** Everything that the API would refuse. */
    readonly defects: readonly HistoryDefect[];
  };
  /**
   * A part of a codec cannot be expressed in JSON Schema. Thrown where the schema is derived, never while a
   * conversation runs.
   */
  readonly JsonSchemaError: {
    /** Where the part is, such as `input.items[].when`. */
    readonly path: string;
    /** The name of the codec that was found there. */
    readonly found: string;
  };
  /** Something exceeds a limit. It was released before the error was raised. */
  readonly LimitError: {
    /** The name of the option that sets the limit, such as `maxBufferedChars`. */
    readonly limit: string;
    /** The limit. */
    readonly maximum: number;
    /** What was found; `undefined` when it was not counted to the end. */
    readonly found: number | undefined;
  };
  /** A round ended with calls but without a result for some of them, so the conversation cannot go on. */
  readonly MissingToolResultError: {
    /** The number of the round, counted from 1. */
    readonly round: number;
    /** The `tool_use` ids that have no result. */
    readonly ids: readonly string[];
  };
  /** An option has an invalid value. Thrown at once, where the option is given. */
  readonly OptionError: {
    /** The option's name, with the function that takes it, such as `executeTools.concurrency`. */
    readonly option: string;
    /** What was given. */
    readonly found: unknown;
  };
  /** Claude's events came in an order or a shape that the Messages API does not allow. */
  readonly ProtocolError: object;
  /** A limit of `timeoutGuard` or the `deadline` of a conversation ran out. Its request was ended. */
  readonly TimeoutGuardError: {
    /** Which limit ran out. */
    readonly limit: TimeoutLimit;
    /** That limit, in milliseconds. */
    readonly milliseconds: number;
  };
  /**
   * A tool cannot be offered to Claude as it is defined, or two have the same name. Thrown at once, where tools are
   * defined or passed in, never while a conversation runs.
   */
  readonly ToolDefinitionError: {
    /** The tool's name. */
    readonly tool: string;
  };
  /**
   * Claude's reply ended before its `message_stop`: the connection was cut, or the body was empty. Everything that
   * arrived reached the subscriber, but it is not a whole reply. Send the request again.
   */
  readonly TruncatedStreamError: {
    /** The `type` of the last event that arrived; `undefined` when there was none. */
    readonly lastEvent: string | undefined;
    /** How many events arrived. */
    readonly events: number;
  };
  /** The answer to a request for a stream was not a stream, such as a JSON body from a proxy that does not stream. */
  readonly UnexpectedResponseError: {
    /** What was found, in words: a content type, or the kind of value that a client returned. */
    readonly found: string;
    /** The HTTP status; `undefined` when there was no response. */
    readonly status: number | undefined;
  };
}

/** The tag of an error of this library, also its `name`. */
export type ErrorTag = keyof ErrorTable;
