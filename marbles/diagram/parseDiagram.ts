import { parseRow, type Sign } from './parseRow.js';

/** A letter of a diagram, and the lane that it stands in. */
interface PlacedSign extends Sign {
  /** The label of the lane, `result` where no other line has the letter; `undefined` in a diagram without other lanes. */
  readonly lane?: string | undefined;
}

/** What a diagram says. */
export interface Diagram {
  readonly signs: readonly PlacedSign[];
  /** What one character stands for, in milliseconds. */
  readonly scale: number;
  /** Whether it has lanes beside the result, and so says which call an event belongs to. */
  readonly lanes: boolean;
}

/** A line with a label: `get_weather   S==W`. */
interface Row {
  readonly label: string;
  readonly text: string;
}

const RULER = /^(\d*)ms$/;
/** The line of a failure's message that shows what came, pasted with its label. */
const ACTUAL = /^\s*actual(?= {2})/;

/**
 * Reads a diagram: one line of marbles, or a picture with lanes as `drawMarbles` draws it, in one piece or in several under
 * each other. Lines that begin with `//` are passed over. Where the picture has no lane but the result, nothing is said of
 * lanes.
 *
 * @throws DiagramError for a diagram that nothing can be made of.
 */
export function parseDiagram(diagram: string): Diagram {
  const written = diagram.split('\n').filter((line) => !line.trimStart().startsWith('//'));
  const lines = written.some(isResult) ? written : written.map((line) => line.replace(ACTUAL, 'result'));
  if (!lines.some(isResult)) {
    return { signs: parseRow(lines.join(' ').trimEnd()), scale: 1, lanes: false };
  }
  const systems = toSystems(lines).map(toRows);
  const scale = scaleOf(systems.flat());
  // A space between the systems counts as little as any other.
  const results = systems.map((rows) => rows.find(({ label }) => label === 'result')?.text ?? '');
  const signs = parseRow(results.join(' '), scale);
  let offset = 0;
  const starts = results.map((text) => {
    const start = offset;
    offset += text.length + 1;
    return start;
  });
  const lanes = systems.flat().some(isLane);
  return {
    signs: lanes ? signs.map((sign) => ({ ...sign, lane: laneOf(sign, systems, starts) })) : signs,
    scale,
    lanes,
  };
}

function isResult(line: string): boolean {
  return /^\s*result\s/.test(line);
}

/** The pieces of a picture: a line without anything on it is between them. */
function toSystems(lines: readonly string[]): string[][] {
  const systems: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() === '') systems.push([]);
    else systems.at(-1)?.push(line);
  }
  return systems.filter((system) => system.length > 0);
}

/** The lines of one piece, cut so that what stands under each other does so by its position. */
function toRows(lines: readonly string[]): Row[] {
  const first = (line: string): number => {
    const [head = ''] = /^\s*\S+\s*/.exec(line) ?? [];
    return head.length;
  };
  // Lanes may begin with nothing; the ruler and the result do not.
  const anchors = lines.filter((line) => /^\s*(?:result|\d*ms)\s/.test(line));
  const start = Math.min(...anchors.map(first));
  return lines.map((line) => ({ label: line.trim().split(/\s/, 1)[0] ?? '', text: line.slice(start) }));
}

function scaleOf(rows: readonly Row[]): number {
  for (const { label } of rows) {
    const [, digits = ''] = RULER.exec(label) ?? [];
    if (digits !== '') return Number(digits);
  }
  return 1;
}

/** The lane that has the letter of the result at the same place. What only the result has is the result's own. */
function laneOf({ column, letter }: Sign, systems: readonly (readonly Row[])[], starts: readonly number[]): string {
  const at = starts.findLastIndex((start) => start <= column);
  const rows = systems[at] ?? [];
  const position = column - (starts[at] ?? 0);
  const lane = rows.find((row) => isLane(row) && row.text.startsWith(letter, position));
  return lane?.label ?? 'result';
}

/** Whether a line says of its letters that they belong to one call, or to Claude. */
function isLane({ label }: Row): boolean {
  return label !== 'result' && !RULER.test(label);
}
