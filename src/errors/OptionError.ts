import { RxClaudeError } from './RxClaudeError.js';

/** An option has a value that it cannot have. Thrown at once, where the option is given. */
export class OptionError extends RxClaudeError {
  readonly _tag = 'OptionError';
  /** The option's name, with the function that takes it, such as `executeTools.concurrency`. */
  readonly option: string;
  /** What was given. */
  readonly found: unknown;

  constructor(option: string, expected: string, found: unknown, options?: ErrorOptions) {
    super('OptionError', `\`${option}\` must be ${expected}, found ${describe(found)}.`, options);
    this.option = option;
    this.found = found;
  }
}

function describe(found: unknown): string {
  return typeof found === 'number' || typeof found === 'boolean' || found == null
    ? String(found)
    : `${typeof found === 'object' ? 'an' : 'a'} ${typeof found}`;
}
