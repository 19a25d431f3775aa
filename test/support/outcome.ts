import type { ToolFailure, ToolResultEvent } from 'rxclaude';

/** What a tool returned; `undefined` where it failed. */
export function outputOf({ outcome }: ToolResultEvent): unknown {
  return outcome._tag === 'Right' ? outcome.right : undefined;
}

/** Why a call came to nothing; `undefined` where it did not. */
export function failureOf({ outcome }: ToolResultEvent): ToolFailure | undefined {
  return outcome._tag === 'Left' ? outcome.left : undefined;
}
