import { RxClaudeError } from './RxClaudeError.js';

/** What came in place of a stream. */
export interface UnexpectedResponseFacts {
  /** What was found, in words: a content type, or the kind of value that a client returned. */
  readonly found: string;
  /** The HTTP status, when there was a response. */
  readonly status?: number | undefined;
  /** The API's `request-id`, when the response carried one. */
  readonly requestId?: string | undefined;
}

/** The answer to a request for a stream was not a stream, such as a JSON body from a proxy that does not stream. */
export class UnexpectedResponseError extends RxClaudeError {
  readonly _tag = 'UnexpectedResponseError';
  /** What was found, in words: a content type, or the kind of value that a client returned. */
  readonly found: string;
  /** The HTTP status, when there was a response. */
  readonly status: number | undefined;
  /** The API's `request-id`, when the response carried one. */
  override readonly requestId: string | undefined;

  constructor(facts: UnexpectedResponseFacts) {
    super(
      'UnexpectedResponseError',
      `Expected a stream of events, found ${facts.found}. Check that the base URL and any proxy let \`stream: true\` through.`,
    );
    this.found = facts.found;
    this.status = facts.status;
    this.requestId = facts.requestId;
  }
}
