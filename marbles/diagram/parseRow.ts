import { DiagramError } from './DiagramError.js';

/** A letter of a diagram, `|` or `#`, and when it comes. */
export interface Sign {
  /** Its character on the time axis. */
  readonly frame: number;
  readonly letter: string;
  /** Its column in the line. */
  readonly column: number;
}

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)(?= |$)/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/**
 * Reads one line of marbles, as rxjs does in `TestScheduler.run`: `-`, letters, `(groups)`, ` 12ms `, `|`, `#`, spaces to
 * align. It also knows `[groups]`, which take the time of one character.
 *
 * @param scale The milliseconds of one character.
 * @throws DiagramError for a line that cannot be read.
 */
export function parseRow(row: string, scale = 1): Sign[] {
  const signs: Sign[] = [];
  let frame = 0;
  let group: { readonly bracket: string; readonly column: number; size: number } | undefined;
  let column = 0;
  const refuse = (problem: string, at = column): never => {
    throw new DiagramError(problem, row, at);
  };
  const advance = (frames: number): void => {
    if (group !== undefined)
      refuse(`No time passes within a group: is \`${group.bracket === '(' ? ')' : ']'}\` missing?`);
    frame += frames;
  };
  const close = (bracket: string): void => {
    if (group?.bracket !== bracket) return refuse(`\`${bracket === '(' ? ')' : ']'}\` closes no group.`);
    const { size } = group;
    group = undefined;
    advance(bracket === '(' ? size + 2 : 1);
  };

  while (column < row.length) {
    const letter = String.fromCodePoint(row.codePointAt(column) ?? 0);
    const duration = startsWord(row, column) ? DURATION.exec(row.slice(column)) : null;
    if (duration !== null) {
      const [text, amount, unit = ''] = duration;
      const frames = (Number(amount) * (MILLISECONDS[unit] ?? 1)) / scale;
      if (!Number.isInteger(frames)) refuse(`\`${text}\` is not a whole number of characters of ${scale} ms.`);
      advance(frames);
      column += text.length;
      continue;
    }
    switch (letter) {
      case ' ':
      case '\n':
        break;
      case '-':
        advance(1);
        break;
      case '(':
      case '[':
        if (group !== undefined) refuse('A group cannot contain a group.');
        group = { bracket: letter, column, size: 0 };
        break;
      case ')':
        close('(');
        break;
      case ']':
        close('[');
        break;
      case '^':
      case '!':
        refuse(`\`${letter}\` is for subscriptions and means nothing among events.`);
        break;
      default:
        signs.push({ frame, letter, column });
        if (group === undefined) frame++;
        else group.size++;
    }
    column += letter.length;
  }
  if (group !== undefined) refuse(`\`${group.bracket}\` opens a group that is never closed.`, group.column);
  const end = signs.findIndex(({ letter }) => letter === '|' || letter === '#');
  const after = end === -1 ? undefined : signs[end + 1];
  if (after !== undefined) refuse('Nothing can come after the end of a stream.', after.column);
  return signs;
}

function startsWord(row: string, column: number): boolean {
  return column === 0 || row[column - 1] === ' ' || row[column - 1] === '\n';
}
