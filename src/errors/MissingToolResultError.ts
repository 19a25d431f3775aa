import { RxClaudeError } from './RxClaudeError.js';

/** A round asked for tools and brought no result for some of them, so that the conversation cannot go on. */
export class MissingToolResultError extends RxClaudeError {
  readonly _tag = 'MissingToolResultError';
  /** The number of the round, counted from 1. */
  override readonly round: number;
  /** The `tool_use` ids that have no result. */
  readonly ids: readonly string[];

  constructor(round: number, ids: readonly string[]) {
    super(
      'MissingToolResultError',
      `Round ${String(round)} ended with \`tool_use\` but emitted no \`tool_result\` for ${ids.join(', ')}. ` +
        `Put \`executeTools(tools)\` into the round, or emit a \`tool_result\` event for each call.`,
    );
    this.round = round;
    this.ids = ids;
  }
}
