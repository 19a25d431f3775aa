import type { ToolInputError } from './ToolInputError.js';

/** A guard refused the call, or did not decide in time. The tool was not run, and Claude is told why. */
interface Refused {
  readonly _tag: 'Refused';
  readonly message: string;
  /** What the guard threw, if it did: that refuses the call, too. Claude is not told. */
  readonly cause?: Threw;
}

/** The tool ran longer than its limit. Its signal was aborted, and anything it still does is ignored. */
export interface TimedOut {
  readonly _tag: 'TimedOut';
  /** The limit, in milliseconds. */
  readonly milliseconds: number;
  readonly message: string;
}

/** The call did not finish, because the run was stopped or the reply that made it is void. */
export interface Stopped {
  readonly _tag: 'Stopped';
  /** Whether the tool had started. If so, it may have done all or part of its work. */
  readonly started: boolean;
  readonly message: string;
}

/** The tool failed. */
export interface Threw {
  readonly _tag: 'Threw';
  /** The name of what it threw; `Error` when that has none. */
  readonly name: string;
  /** The message of what it threw. */
  readonly message: string;
}

/** Why a call has no output. Claude is told. Always plain data, whatever a tool or a guard threw. */
export type ToolFailure = ToolInputError | Refused | TimedOut | Stopped | Threw;
