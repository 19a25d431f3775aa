import type { Cassette, CassetteChunk, CassetteExchange, CassetteLine } from './Cassette.js';
import { VERSION } from './Cassette.js';
import { CassetteError } from './CassetteError.js';
import { checkHead, readLine } from './readLine.js';

/** An exchange as far as it has been read. */
type Draft = { -readonly [Field in keyof CassetteExchange]: CassetteExchange[Field] } & {
  readonly chunks: CassetteChunk[];
  /** The time of its last line. */
  latest: number;
};

/**
 * Reads a cassette, and checks each line of it.
 *
 * @param text JSONL, as `record` writes it; blank lines are left out.
 * @returns What it holds, as plain data.
 * @throws CassetteError with the number of the first line that is not as it must be, what was expected and what was found.
 * @example
 * ```ts
 * import { parseCassette } from 'rxclaude/recordings';
 *
 * declare const recorded: string;
 *
 * for (const { request, response, end } of parseCassette(recorded).exchanges) {
 *   console.log(request.path, response?.status, (end?.time ?? NaN) - request.time, 'ms');
 * }
 * ```
 */
export function parseCassette(text: string): Cassette {
  const drafts: Draft[] = [];
  let headed = false;
  for (const [index, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    if (headed) add(drafts, readLine(row, index + 1), index + 1);
    else checkHead(row, index + 1);
    headed = true;
  }
  if (!headed)
    throw new CassetteError('The cassette is empty: expected its head in line 1, found nothing.', { line: 1 });
  return { version: VERSION, exchanges: drafts.map(({ latest: _, ...exchange }) => exchange) };
}

function add(drafts: Draft[], part: CassetteLine, line: number): void {
  const fail = (expected: string, found: string): never => {
    throw new CassetteError(`Line ${line} of the cassette: expected ${expected}, found ${found}.`, { line });
  };
  const { type, exchange, time } = part;
  if (type === 'request') {
    if (exchange !== drafts.length + 1) fail(`request ${drafts.length + 1}`, `request ${exchange}`);
    drafts.push({ request: withoutType(part), chunks: [], latest: part.time });
    return;
  }
  const draft = drafts[exchange - 1];
  if (draft === undefined) return fail(`the request of exchange ${exchange}`, `its ${type}`);
  if (draft.end !== undefined) fail(`nothing behind the end of exchange ${exchange}`, `its ${type}`);
  if (time < draft.latest) fail(`\`time\` to be at least ${draft.latest}`, String(time));
  draft.latest = time;
  put(draft, part, fail);
}

function put(draft: Draft, part: CassetteLine, fail: (expected: string, found: string) => never): void {
  const headless = draft.response === undefined;
  switch (part.type) {
    case 'response':
      if (!headless) fail(`one response to exchange ${part.exchange}`, 'a second');
      draft.response = withoutType(part);
      break;
    case 'chunk':
      if (headless) fail(`the response to exchange ${part.exchange}`, 'a chunk of it');
      draft.chunks.push(withoutType(part));
      break;
    case 'end':
      if (headless && part.how === 'complete') fail(`the response to exchange ${part.exchange}`, 'its end');
      draft.end = withoutType(part);
      break;
    default:
  }
}

/** A part of an exchange, which knows nothing of the line that it stood in. */
type Part<Line> = Line extends CassetteLine ? Omit<Line, 'type' | 'exchange'> : never;

function withoutType<Line extends CassetteLine>({ type: _, exchange: __, ...part }: Line): Part<Line> {
  return part as Part<Line>;
}
