import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One response of one conversation, as a real server sent it. */
export interface Recording {
  /** The file name without `.sse`. */
  readonly name: string;
  readonly set: string;
  readonly round: number;
  readonly rounds: number;
  /** The row of INDEX.tsv, by column name. */
  readonly index: Row;
  /** What is odd about it (the row of ABNORMAL.tsv), for the few that are. */
  readonly abnormal?: Row;
  readonly bytes: Uint8Array;
  /** What the SDK accumulates from it. */
  readonly message?: unknown;
  /** What the SDK says when it refuses it. */
  readonly error?: string;
  readonly request?: unknown;
  /** Byte lengths of the transport chunks as they arrived. */
  readonly chunks?: readonly number[];
}

/** A row of a TSV file: column name to text. */
type Row = Readonly<Record<string, string>>;

/** `shared/recordings` lies beside the repository, and is no part of it. */
const recordingsFolder = resolve(__dirname, '../../../shared/recordings');

const hasRecordings = existsSync(join(recordingsFolder, 'INDEX.tsv'));

/** `describe`, or a visible skip with the reason in its name where the recordings are missing. */
export function describeRecordings(name: string, run: () => void): void {
  if (hasRecordings) describe(name, run);
  else {
    describe.skip(`${name} [skipped: ${recordingsFolder} is missing]`, () => {
      it('needs the recordings', () => undefined);
    });
  }
}

/** All recordings in the order of INDEX.tsv; none where the folder is missing. File contents are read on first use. */
export function recordings(): readonly Recording[] {
  all ??= hasRecordings ? readAll() : [];
  return all;
}
let all: readonly Recording[] | undefined;

/** The rounds of one conversation, in order. */
export function recordingsOf(set: string): readonly Recording[] {
  return recordings()
    .filter((recording) => recording.set === set)
    .sort((left, right) => left.round - right.round);
}

/** INDEX.tsv, a row per recording. */
const indexRows = (): readonly Row[] => readTsv('INDEX.tsv');

/** ABNORMAL.tsv, a row per recording that is odd. */
const abnormalRows = (): readonly Row[] => readTsv('ABNORMAL.tsv');

/** Rows of a TSV file whose first line names the columns. */
function parseTsv(text: string): readonly Row[] {
  const [head = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const columns = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']));
  });
}

function readTsv(file: string): readonly Row[] {
  return hasRecordings ? parseTsv(readFileSync(join(recordingsFolder, file), 'utf8')) : [];
}

function readAll(): readonly Recording[] {
  const files = new Set(readdirSync(recordingsFolder));
  const abnormal = new Map(abnormalRows().map((row) => [row.file, row]));
  return indexRows().map((index) => describeFile(index, abnormal.get(index.file), files));
}

function describeFile(index: Row, abnormal: Row | undefined, files: ReadonlySet<string>): Recording {
  const name = (index.file ?? '').replace(/\.sse$/, '');
  const [round = '1', rounds = '1'] = (index.round ?? '').split('/');
  const recording = {
    name,
    set: index.set ?? name,
    round: Number(round),
    rounds: Number(rounds),
    index,
    ...(abnormal && { abnormal }),
  };
  return Object.defineProperties(recording, companions(name, files)) as Recording;
}

/** Only files that exist become properties, so that `'message' in recording` tells the truth. */
function companions(name: string, files: ReadonlySet<string>): PropertyDescriptorMap {
  const readers: Record<string, [suffix: string, read: (content: Buffer) => unknown]> = {
    bytes: ['.sse', (content) => new Uint8Array(content)],
    message: ['.message.json', asJson],
    request: ['.request.json', asJson],
    chunks: ['.chunks.json', asJson],
    error: ['.sdk-error.txt', (content) => content.toString('utf8').trim()],
  };
  const present = Object.entries(readers).filter(([, [suffix]]) => files.has(name + suffix));
  return Object.fromEntries(
    present.map(([property, [suffix, read]]) => [
      property,
      { enumerable: true, get: () => read(readFileSync(join(recordingsFolder, name + suffix))) },
    ]),
  );
}

const asJson = (content: Buffer): unknown => JSON.parse(content.toString('utf8'));
