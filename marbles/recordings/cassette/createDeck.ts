import { messageOf } from '../../../src/errors/messageOf.js';
import { isObject } from '../../../src/values/isObject.js';
import { concat, copyOf, toChunk } from './bytes.js';
import type { CassetteEnd, CassetteLine, CassetteRequest } from './Cassette.js';
import { createScrubber, type Scrubber } from './createScrubber.js';
import { describeHeaders } from './describeRequest.js';
import { HEAD, toLine } from './formatCassette.js';

/** The parts of a recorder. */
interface DeckOptions {
  readonly now: () => number;
  readonly write: ((line: string) => void) | undefined;
  readonly secrets: readonly string[];
}

/** All exchanges of one recording. */
export interface Deck {
  readonly scrubber: Scrubber;
  /** Begins an exchange. @param ended Called once, when it is over. */
  begin(request: Omit<CassetteRequest, 'time'>, ended: () => void): Tape;
  /** The recording so far, with exchanges that have not ended. */
  cassette(): string;
}

/** Makes a recording that has only its head. */
export function createDeck({ now, write, secrets }: DeckOptions): Deck {
  const lines: string[] = [];
  const open = new Set<Tape>();
  let exchanges = 0;

  const keep = (line: string): void => {
    lines.push(line);
    write?.(line);
  };
  const deck: TapeDeck = {
    scrubber: createScrubber(secrets),
    now: createClock(now),
    write: (line: CassetteLine) => {
      keep(toLine(line));
    },
  };
  keep(HEAD);
  return {
    scrubber: deck.scrubber,
    begin(request, ended) {
      const tape = createTape(++exchanges, { time: deck.now(), ...request }, deck, () => {
        open.delete(tape);
        ended();
      });
      open.add(tape);
      return tape;
    },
    cassette() {
      const pending = [...open].flatMap((tape) => tape.pending());
      return lines.join('') + pending.map(toLine).join('');
    },
  };
}

/** A clock that starts at its first reading, and never goes back, even when the system clock does. */
function createClock(now: () => number): () => number {
  let start: number | undefined;
  let latest = 0;
  return () => {
    const time = now();
    start ??= time;
    latest = Math.max(latest, Math.round(time - start));
    return latest;
  };
}

/** The most bytes of a response that wait for its end. Older ones are written and cannot be changed any more. */
const MOST_HELD = 4 * 1024 * 1024;
/** The bytes that go on waiting then. A secret across this border is found when it is no longer than this. */
const STILL_HELD = 64 * 1024;

/** What all exchanges of a recording share. */
interface TapeDeck {
  readonly scrubber: Scrubber;
  /** In whole milliseconds since the first request. */
  now(): number;
  /** Takes lines that do not change any more. */
  write(line: CassetteLine): void;
}

/** Records the response to one request. After its end it ignores everything. */
export interface Tape {
  response(response: Response): void;
  chunk(bytes: Uint8Array | ArrayBuffer | string): void;
  complete(): void;
  /** The reader has cancelled. */
  abort(): void;
  fail(error: unknown): void;
  /** The chunks that wait, as they would be written now. */
  pending(): CassetteLine[];
}

interface Held {
  readonly time: number;
  readonly bytes: Uint8Array;
}

/**
 * Begins an exchange. Its chunks wait for its end, because chunks may cut a secret in two, and Claude may write one in many
 * pieces.
 *
 * @param ended Called once, after the last line.
 */
function createTape(exchange: number, request: CassetteRequest, deck: TapeDeck, ended: () => void): Tape {
  const { scrubber } = deck;
  let open = true;
  let held: Held[] = [];
  let size = 0;

  const masked = (unfinished: boolean): Held[] => {
    const whole = concat(held.map(({ bytes }) => bytes));
    scrubber.mask(whole, unfinished);
    let at = 0;
    return held.map(({ time, bytes: { length } }) => ({ time, bytes: whole.subarray(at, (at += length)) }));
  };
  const toLines = (chunks: readonly Held[]): CassetteLine[] =>
    chunks.map(({ time, bytes }) => ({ type: 'chunk', exchange, ...toChunk(time, bytes) }));
  const write = (lines: readonly CassetteLine[]): void => {
    for (const line of lines) deck.write(line);
  };
  const release = (): void => {
    const chunks = masked(false);
    size = 0;
    let from = chunks.length;
    while (from > 1 && size < STILL_HELD) size += chunks[--from]?.bytes.length ?? 0;
    write(toLines(chunks.slice(0, from)));
    held = chunks.slice(from);
  };
  const end = (how: (time: number) => CassetteEnd): void => {
    if (!open) return;
    open = false;
    const time = deck.now();
    const last = how(time);
    const lines = toLines(masked(last.how !== 'complete'));
    held = [];
    ended();
    write([...lines, { type: 'end', exchange, ...last }]);
  };

  write([{ type: 'request', exchange, ...request }]);
  return {
    response({ status, headers }) {
      if (!open) return;
      write([{ type: 'response', exchange, time: deck.now(), status, headers: describeHeaders(headers, scrubber) }]);
    },
    chunk(chunk) {
      if (!open) return;
      const bytes = copyOf(chunk);
      held.push({ time: deck.now(), bytes });
      size += bytes.length;
      if (size > MOST_HELD) release();
    },
    complete() {
      end((time) => ({ time, how: 'complete' }));
    },
    abort() {
      end((time) => ({ time, how: 'aborted' }));
    },
    fail(error) {
      end((time) => ({ time, how: 'error', error: { name: nameOf(error), message: scrubber.text(messageOf(error)) } }));
    },
    pending: () => toLines(masked(true)),
  };
}

function nameOf(error: unknown): string {
  return isObject(error) && typeof error['name'] === 'string' ? error['name'] : 'Error';
}
