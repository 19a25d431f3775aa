import type { CassetteLine, CassetteRequest } from './Cassette.js';
import { createScrubber, type Scrubber } from './createScrubber.js';
import { createTape, type Tape, type TapeDeck } from './createTape.js';
import { HEAD, toLine } from './formatCassette.js';

/** What a recording is made with. */
export interface DeckOptions {
  readonly now: () => number;
  readonly write: ((line: string) => void) | undefined;
  readonly secrets: readonly string[];
}

/** All exchanges of one recording. */
export interface Deck {
  readonly scrubber: Scrubber;
  /** Begins an exchange. @param ended Called once, when it is over. */
  begin(request: Omit<CassetteRequest, 'time'>, ended: () => void): Tape;
  /** All so far, exchanges that still go on included. */
  cassette(): string;
}

/** Makes a recording that holds nothing but its head. */
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

/** A clock that begins when it is first looked at, and does not go back when somebody sets the other one. */
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
