import { RxClaudeError } from '../../src/errors/RxClaudeError.js';

/** A diagram cannot be read. */
export class DiagramError extends RxClaudeError {
  readonly _tag = 'DiagramError';
  /** The line that cannot be read. */
  readonly row: string;
  /** Where in that line, from 0. */
  readonly column: number;

  constructor(problem: string, row: string, column: number) {
    super('DiagramError', `${problem}\n\n  ${row}\n  ${' '.repeat(column)}^`);
    this.row = row;
    this.column = column;
  }
}
