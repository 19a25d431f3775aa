import { RxClaudeError } from './RxClaudeError.js';

/** Which limit of `timeoutGuard` ran out. */
export type TimeoutLimit = 'first' | 'each' | 'total';

const WORDS: Record<TimeoutLimit, string> = {
  first: 'No event came within',
  each: 'No further event came within',
  total: 'The stream was not done within',
};

/** A limit of `timeoutGuard` ran out. The source was unsubscribed from, which ends its request. */
export class TimeoutGuardError extends RxClaudeError {
  readonly _tag = 'TimeoutGuardError';
  /** Which limit ran out. */
  readonly limit: TimeoutLimit;
  /** That limit, in milliseconds. */
  readonly milliseconds: number;

  constructor(limit: TimeoutLimit, milliseconds: number) {
    super(
      'TimeoutGuardError',
      `${WORDS[limit]} ${String(milliseconds)} ms. Send the request again, or raise the limit \`${limit}\`.`,
    );
    this.limit = limit;
    this.milliseconds = milliseconds;
  }
}
