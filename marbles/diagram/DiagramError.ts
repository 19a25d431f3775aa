/** A diagram that cannot be read. Its message shows where and says why. */
export class DiagramError extends Error {
  /** Tells it from other errors, without `instanceof`. */
  readonly _tag = 'DiagramError';
  /** The line with the problem. */
  readonly row: string;
  /** The column of the problem in that line, from 0. */
  readonly column: number;

  constructor(problem: string, row: string, column: number) {
    super(`${problem}\n\n  ${row}\n  ${' '.repeat(column)}^`);
    Object.defineProperty(this, 'name', { value: 'DiagramError', configurable: true, writable: true });
    this.row = row;
    this.column = column;
  }
}
