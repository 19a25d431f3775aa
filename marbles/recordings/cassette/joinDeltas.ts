/** From and to where something lies. */
export type Range = readonly [from: number, to: number];

/** One string that Claude wrote in pieces: what the pieces say together, and where they are. */
interface JoinedDeltas {
  /** The pieces side by side, as JSON has them, without quotation marks. */
  readonly text: string;
  /** Where a part of the text lies in the body. */
  readonly toBody: (range: Range) => Range[];
}

interface Piece {
  /** Where it begins in the body. */
  readonly at: number;
  readonly text: string;
}

/** The start of a message, or a delta up to its string: index, kind. */
const PART =
  /"type": ?"message_start"|"index": ?(\d+), ?"delta": ?\{"type": ?"\w+", ?"(text|thinking|partial_json)": ?"/g;

/** Joins the deltas of a body: Claude writes a word in as many pieces as it likes. */
export function joinDeltas(body: string): JoinedDeltas[] {
  const open = new Map<string, Piece[]>();
  const all: Piece[][] = [];
  for (const { 0: found, 1: index, 2: kind, index: from } of body.matchAll(PART)) {
    if (kind === undefined) {
      open.clear();
      continue;
    }
    const key = `${String(index)} ${kind}`;
    const pieces = open.get(key) ?? [];
    if (pieces.length === 0) {
      open.set(key, pieces);
      all.push(pieces);
    }
    const at = from + found.length;
    pieces.push({ at, text: body.slice(at, endOfString(body, at)) });
  }
  return all.filter(({ length }) => length > 1).map(join);
}

/** Where a JSON string ends that began in front of `at`. A pattern would run out of stack where it is long. */
function endOfString(body: string, at: number): number {
  let end = at;
  while (end < body.length && body[end] !== '"') end += body[end] === '\\' ? 2 : 1;
  return end;
}

function join(pieces: readonly Piece[]): JoinedDeltas {
  return {
    text: pieces.map(({ text }) => text).join(''),
    toBody([from, to]) {
      const ranges: Range[] = [];
      let begin = 0;
      for (const { at, text } of pieces) {
        const [first, last] = [Math.max(from, begin), Math.min(to, begin + text.length)];
        if (first < last) ranges.push([at + first - begin, at + last - begin]);
        begin += text.length;
      }
      return ranges;
    },
  };
}
