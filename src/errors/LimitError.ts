import { RxClaudeError } from './RxClaudeError.js';

/** What else is known of a limit that was exceeded. */
export interface LimitErrorOptions extends ErrorOptions {
  /** What was found; may be left out where it was not counted to the end. */
  readonly found?: number | undefined;
  /** What can be done beside raising the limit, such as `consume faster`. */
  readonly remedy?: string;
}

/** A bound was exceeded. Whatever exceeded it was let go of first. */
export class LimitError extends RxClaudeError {
  readonly _tag = 'LimitError';
  /** The name of the option that sets the bound, such as `maxBufferedChars`. */
  readonly limit: string;
  /** The bound. */
  readonly maximum: number;
  /** What was found; `undefined` where it was not counted to the end. */
  readonly found: number | undefined;

  /** @param what The first sentence of the message, without its full stop: what was too much. */
  constructor(limit: string, maximum: number, what: string, options: LimitErrorOptions = {}) {
    const { found, remedy, ...rest } = options;
    const seen = found === undefined ? '' : `, found ${String(found)}`;
    const advice = remedy === undefined ? '' : `, or ${remedy}`;
    super('LimitError', `${what}. Expected at most ${String(maximum)}${seen}. Raise \`${limit}\`${advice}.`, rest);
    this.limit = limit;
    this.maximum = maximum;
    this.found = found;
  }
}
