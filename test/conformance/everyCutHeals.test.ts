/** Each reply, cut anywhere and whole when it is asked for again: the run goes as if nothing had been cut. */
import { describeRecordings, recordings } from '../support/recordings.js';
import { stretched } from '../support/runs.js';
import { toSse } from '../support/sse.js';
import { wholeReplies } from '../support/wholeReplies.js';
import { healings } from './support/cuts/everyCut.js';

/** For one reply, in milliseconds: some are long, and the machine may be busy. */
const LONGEST = stretched(60_000);

describe('a reply that is cut anywhere', () => {
  it.each(wholeReplies)(
    '%s: heals',
    async (_what, events) => {
      expect(await healings(new TextEncoder().encode(toSse(events)))).toEqual([]);
    },
    LONGEST,
  );
});

describeRecordings('a recording that is cut anywhere', () => {
  const all = recordings().map((recording) => [recording.name, recording] as const);

  it.each(all)(
    '%s: heals',
    async (_name, { bytes }) => {
      expect(await healings(bytes)).toEqual([]);
    },
    LONGEST,
  );
});
