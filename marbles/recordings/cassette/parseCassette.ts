import { isJsonObject } from '../../../src/json/isJsonObject.js';
import { parseJson } from '../../../src/json/parseJson.js';
import { preview } from '../../compare/preview.js';
import { bytesOf } from './bytes.js';
import {
  type Cassette,
  type CassetteChunk,
  type CassetteEnd,
  type CassetteExchange,
  type CassetteLine,
  VERSION,
} from './Cassette.js';
import { CassetteError } from './CassetteError.js';

/** An exchange as read so far. */
type Draft = { -readonly [Field in keyof CassetteExchange]: CassetteExchange[Field] } & {
  readonly chunks: CassetteChunk[];
  /** The time of its last line. */
  latest: number;
};

/**
 * Reads a cassette, and checks each line of it.
 *
 * @param text JSONL, as `record` writes it. Blank lines are ignored.
 * @returns The cassette, as plain data.
 * @throws CassetteError for the first wrong line: its number, what was expected and what was found.
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
  if (draft.end !== undefined) fail(`nothing after the end of exchange ${exchange}`, `its ${type}`);
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

/** A part of an exchange, without the fields of its line. */
type Part<Line> = Line extends CassetteLine ? Omit<Line, 'type' | 'exchange'> : never;

function withoutType<Line extends CassetteLine>({ type: _, exchange: __, ...part }: Line): Part<Line> {
  return part as Part<Line>;
}

const TYPES = ['request', 'response', 'chunk', 'end'] as const;
const ENDS = ['complete', 'error', 'aborted'] as const;

/** Reads a line after the first. @throws CassetteError that says what is wrong with it. */
function readLine(text: string, line: number): CassetteLine {
  const fields = parsed(text, line);
  const type = fields.word('type', TYPES);
  const exchange = fields.whole('exchange', 1);
  const time = fields.whole('time', 0);
  switch (type) {
    case 'request': {
      const [method, path] = [fields.text('method'), fields.text('path')];
      const body = fields.has('body') ? { body: fields.any('body') } : {};
      return { type, exchange, time, method, path, headers: fields.headers('headers'), ...body };
    }
    case 'response':
      return { type, exchange, time, status: fields.whole('status', 200, 599), headers: fields.headers('headers') };
    case 'chunk':
      return { type, exchange, ...readChunk(fields, time) };
    default:
      return { type, exchange, ...readEnd(fields, time) };
  }
}

/** Reads the first line. @throws CassetteError when it is not that of a cassette, or its version is newer than this library. */
function checkHead(text: string, line: number): void {
  const fields = parsed(text, line);
  fields.word('type', ['cassette']);
  const version = fields.whole('version', 1);
  if (version === VERSION) return;
  throw new CassetteError(
    `Line ${line} of the cassette: expected version ${VERSION}, found ${version}. Update rxclaude, or record again.`,
    { line },
  );
}

function parsed(text: string, line: number): Fields {
  const json = parseJson(text);
  if (json.ok) return createFields(json.value, line);
  throw new CassetteError(`Line ${line} of the cassette: expected JSON: ${json.message}.`, { line });
}

function readChunk(fields: Fields, time: number): CassetteChunk {
  if (fields.has('text')) return { time, text: fields.text('text') };
  if (!fields.has('base64')) return fields.fail('`text` or `base64`', 'neither');
  const chunk = { time, base64: fields.text('base64') };
  try {
    bytesOf(chunk);
    return chunk;
  } catch {
    return fields.fail('`base64` to be base64', 'something else');
  }
}

function readEnd(fields: Fields, time: number): CassetteEnd {
  const how = fields.word('how', ENDS);
  if (how !== 'error') return { time, how };
  const error = fields.inner('error');
  return { time, how, error: { name: error.text('name'), message: error.text('message') } };
}

/** Reads the fields of a line. For a wrong field it throws with the number of the line. */
interface Fields {
  readonly line: number;
  has(name: string): boolean;
  whole(name: string, least: number, most?: number): number;
  text(name: string): string;
  word<Word extends string>(name: string, words: readonly Word[]): Word;
  headers(name: string): Readonly<Record<string, string>>;
  /** The fields of a nested object. */
  inner(name: string): Fields;
  any(name: string): unknown;
  fail(expected: string, found: string): never;
}

/** @throws CassetteError when the value is not an object. */
function createFields(value: unknown, line: number, path = ''): Fields {
  const fail = (expected: string, found: string): never => {
    throw new CassetteError(`Line ${line} of the cassette: expected ${expected}, found ${found}.`, { line });
  };
  if (!isJsonObject(value)) return fail(path === '' ? 'a JSON object' : `\`${path}\` to be an object`, shown(value));
  const any = (name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);
  const refuse = (name: string, expected: string): never => {
    const whole = path === '' ? name : `${path}.${name}`;
    return fail(`\`${whole}\` to be ${expected}`, shown(any(name)));
  };
  return {
    line,
    fail,
    any,
    has: (name) => any(name) !== undefined,
    whole(name, least, most = Infinity) {
      const found = any(name);
      if (typeof found === 'number' && Number.isInteger(found) && found >= least && found <= most) return found;
      const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
      return refuse(name, `a whole number ${range}`);
    },
    text(name) {
      const found = any(name);
      return typeof found === 'string' ? found : refuse(name, 'a string');
    },
    word(name, words) {
      return words.find((word) => word === any(name)) ?? refuse(name, `one of ${words.join(', ')}`);
    },
    headers(name) {
      const found = any(name);
      return isHeaders(found) ? found : refuse(name, 'an object of valid headers');
    },
    inner: (name) => createFields(any(name), line, name),
  };
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : preview(value);
}

function isHeaders(value: unknown): value is Readonly<Record<string, string>> {
  if (!isJsonObject(value) || !Object.values(value).every((text) => typeof text === 'string')) return false;
  try {
    // Replaying needs texts that are valid headers.
    return [...new Headers(value as Record<string, string>)].length >= 0;
  } catch {
    return false;
  }
}
