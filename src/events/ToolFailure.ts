import type { ToolInputError } from './ToolInputError.js';

/** A guard did not let the call through, or did not decide in time. The tool was not run, and Claude is told why. */
interface Refused {
  readonly _tag: 'Refused';
  readonly message: string;
  /** What the guard threw, if it did: that refuses a call, too. Claude is not told. */
  readonly cause?: Threw;
}

/** The tool ran longer than its limit. Its signal was aborted, and what it still does is ignored. */
export interface TimedOut {
  readonly _tag: 'TimedOut';
  /** The limit, in milliseconds. */
  readonly milliseconds: number;
  readonly message: string;
}

/** The call was not run to its end, because the run was stopped or the reply that made it is void. */
export interface Stopped {
  readonly _tag: 'Stopped';
  /** Whether the tool had been started. Then it may have done its work, or a part of it. */
  readonly started: boolean;
  readonly message: string;
}

/** The tool failed. */
export interface Threw {
  readonly _tag: 'Threw';
  /** The name of what it threw, `Error` where that has none. */
  readonly name: string;
  /** The words of what it threw. */
  readonly message: string;
}

/** Why a call has no result but an error, which Claude is told. Plain data, whatever a tool or a guard threw. */
export type ToolFailure = ToolInputError | Refused | TimedOut | Stopped | Threw;
