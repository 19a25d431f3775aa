import { parseRow, type Sign } from './parseRow.js';

/** A letter of a diagram, with its lane. */
interface PlacedSign extends Sign {
  /** The label of the lane: `result` when no other lane has the letter; `undefined` in a diagram without other lanes. */
  readonly lane?: string | undefined;
}

/** A diagram that was read. */
export interface Diagram {
  readonly signs: readonly PlacedSign[];
  /** The milliseconds of one character. */
  readonly scale: number;
  /** Whether it has lanes besides the result, and so says which call an event belongs to. */
  readonly lanes: boolean;
}

/** A line with a label: `get_weather   S==W`. */
interface Row {
  readonly label: string;
  readonly text: string;
}

const RULER = /^(\d*)ms$/;
/** The label of the line that a failure shows, for when it is pasted with it. */
const ACTUAL = /^\s*actual(?= {2})/;

/**
 * Reads a diagram: one line of marbles, or a diagram with lanes as `drawMarbles` draws it, in one part or in several. It skips
 * lines that begin with `//`. A diagram may have `result` as its only lane; it then says nothing of lanes.
 *
 * @throws DiagramError for a diagram that cannot be read.
 */
export function parseDiagram(diagram: string): Diagram {
  const written = diagram.split('\n').filter((line) => !line.trimStart().startsWith('//'));
  const lines = written.some(isResult) ? written : written.map((line) => line.replace(ACTUAL, 'result'));
  if (!lines.some(isResult)) {
    return { signs: parseRow(lines.join(' ').trimEnd()), scale: 1, lanes: false };
  }
  const systems = toSystems(lines).map(toRows);
  const scale = scaleOf(systems.flat());
  // A space between the parts does not count, like any other.
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

/** The parts of a diagram. An empty line separates them. */
function toSystems(lines: readonly string[]): string[][] {
  const systems: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() === '') systems.push([]);
    else systems.at(-1)?.push(line);
  }
  return systems.filter((system) => system.length > 0);
}

/** The lines of one part, cut so that characters of one column have the same position. */
function toRows(lines: readonly string[]): Row[] {
  const first = (line: string): number => {
    const [head = ''] = /^\s*\S+\s*/.exec(line) ?? [];
    return head.length;
  };
  // A lane may begin with spaces; the ruler and the result do not.
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

/** The lane with the result's letter at the same place. A letter that no lane has belongs to the result. */
function laneOf({ column, letter }: Sign, systems: readonly (readonly Row[])[], starts: readonly number[]): string {
  const at = starts.findLastIndex((start) => start <= column);
  const rows = systems[at] ?? [];
  const position = column - (starts[at] ?? 0);
  const lane = rows.find((row) => isLane(row) && row.text.startsWith(letter, position));
  return lane?.label ?? 'result';
}

/** Whether a line says that its letters belong to one call, or to Claude. */
function isLane({ label }: Row): boolean {
  return label !== 'result' && !RULER.test(label);
}
