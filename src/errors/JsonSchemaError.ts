import { RxClaudeError } from './RxClaudeError.js';

/** A part of a codec has no form in JSON Schema. Thrown where the schema is derived, never while a conversation runs. */
export class JsonSchemaError extends RxClaudeError {
  readonly _tag = 'JsonSchemaError';
  /** Where the part is, such as `input.items[].when`. */
  readonly path: string;
  /** The name of the codec that was found there. */
  readonly found: string;

  constructor(path: string, found: string, problem: string) {
    // io-ts makes up names that spell out the whole type.
    const name = found.length > 80 ? `${found.slice(0, 79)}…` : found;
    super('JsonSchemaError', `\`${path}\` cannot be written as JSON Schema: found the codec \`${name}\`, ${problem}`);
    this.path = path;
    this.found = found;
  }
}
