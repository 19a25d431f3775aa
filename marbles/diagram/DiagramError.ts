/** A diagram cannot be read. */
export class DiagramError extends Error {
  readonly _tag = 'DiagramError';
  /** The line that cannot be read. */
  readonly row: string;
  /** Where in that line, from 0. */
  readonly column: number;

  constructor(problem: string, row: string, column: number) {
    super(`${problem}\n\n  ${row}\n  ${' '.repeat(column)}^`);
    Object.defineProperty(this, 'name', { value: 'DiagramError', configurable: true, writable: true });
    this.row = row;
    this.column = column;
  }
}
