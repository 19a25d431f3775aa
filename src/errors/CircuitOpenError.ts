import { RxClaudeError } from './RxClaudeError.js';

/**
 * A circuit breaker is open, so nothing was sent. Raised by `circuitBreaker` in place of subscribing to its source.
 *
 * While a probe is under way nobody knows how long it will take: `retryIn` is 0 then, and `retryAt` is now.
 */
export class CircuitOpenError extends RxClaudeError {
  readonly _tag = 'CircuitOpenError';
  /** When the next stream is let through, in milliseconds since 1970. */
  readonly retryAt: number;
  /** How long that is from now, in milliseconds; 0 while a probe is under way. */
  readonly retryIn: number;

  constructor(retryAt: number, retryIn: number) {
    super('CircuitOpenError', `Nothing was sent: the circuit ${describe(retryIn)}.`);
    this.retryAt = retryAt;
    this.retryIn = retryIn;
  }
}

function describe(retryIn: number): string {
  return retryIn === 0
    ? 'is half open, and the one stream that was let through has not ended yet. Try again soon'
    : `is open after too many failures. Try again in ${String(retryIn)} ms`;
}
