/** Each reply, cut anywhere and not asked for again: a typed error, and a history that can be gone on with. */
import { describeRecordings, recordings } from '../support/recordings.js';
import { stretched } from '../support/runs.js';
import { toSse } from '../support/sse.js';
import { wholeReplies } from '../support/wholeReplies.js';
import { readReply } from './support/cuts/CutReply.js';
import { failures } from './support/cuts/everyCut.js';
import { problemsOfFailure } from './support/cuts/judge.js';
import type { Fate } from './support/cuts/prefixes.js';

/** For one reply, in milliseconds: some are long, and the machine may be busy. */
const LONGEST = stretched(60_000);

describe('a reply that is cut anywhere', () => {
  it.each(wholeReplies)(
    '%s: fails as it should',
    async (_what, events) => {
      expect(await failures(new TextEncoder().encode(toSse(events)))).toEqual([]);
    },
    LONGEST,
  );
});

/** How the odd recordings go when they are not cut. Cut, they go so from the place on that makes them odd. */
const ODD: Readonly<Record<string, Fate>> = {
  // All of its content is in `message_start`, and so is its stop reason: its tool may run at once.
  'vercel-message-start-prepopulated-content': 'whole',
  // A call whose block never stops and whose input is not JSON: it is answered with an error.
  'sdkts-incomplete-partial-json-response': 'whole',
  // `[DONE]` stands behind its end: cut before that, it is whole.
  'rig-gateway-message-delta-metadata': 'impossible',
  'vercel-spliced-message-start': 'impossible',
  // A second message stands behind the first: cut between them, it is whole.
  'vercel-issue-18331-sequential-messages': 'impossible',
  'rubyllm-3-5-haiku-20241022-can-use-tools-without-what-s-the-best-2': 'told',
  'rubyllm-3-5-haiku-20241022-supports-streaming-error-events': 'told',
  'derived-error-mid-thinking': 'told',
  'derived-cut-mid-data-line': 'cut',
  'derived-cut-tool-input-open': 'cut',
  'derived-cut-no-message-stop': 'cut',
};

describeRecordings('a recording that is cut anywhere', () => {
  const all = recordings().map((recording) => [recording.name, recording] as const);

  it.each(all)(
    '%s: fails as it should',
    async (_name, { bytes }) => {
      expect(await failures(bytes)).toEqual([]);
    },
    LONGEST,
  );

  it.each(all)('%s: goes as it should when it is not cut', async (name, { bytes }) => {
    const reply = readReply(bytes);
    const { fate } = reply.whole;
    expect(fate).toBe(ODD[name] ?? 'whole');
    for (const idempotent of [true, false]) {
      const held = await reply.uncut(idempotent);
      expect(problemsOfFailure(held, reply.whole, reply.whole, idempotent)).toEqual([]);
    }
  });

  it('all odd ones are told of', () => {
    const odd = recordings().filter(({ abnormal }) => abnormal !== undefined);
    expect(odd.map(({ name }) => name).sort()).toEqual(Object.keys(ODD).sort());
  });
});
