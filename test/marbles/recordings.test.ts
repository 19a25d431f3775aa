import {
  cassetteFromRecording,
  formatCassette,
  marbleTestFrom,
  type RecordedRound,
} from '../../marbles/recordings/index.js';
import { outputOf } from '../docs/runSnippet.js';
import { describeRecordings, recordings, recordingsOf } from '../support/recordings.js';

/** The rounds of a recorded conversation, as the kit takes them. */
function roundsOf(set: string): RecordedRound[] {
  return recordingsOf(set).map(({ bytes, request, chunks }) => ({
    sse: bytes,
    ...(request != null && { request }),
    ...(chunks !== undefined && { chunks }),
  }));
}

describeRecordings('of each recorded conversation', () => {
  const sets = [...new Set(recordings().map(({ set }) => set))];

  it('there are more than twenty', () => {
    expect(sets.length).toBeGreaterThan(20);
  });

  // Each was played and drawn; the drawing was pasted into a test, which is declared and run here.
  for (const set of sets) {
    const cassette = formatCassette(cassetteFromRecording(roundsOf(set)));
    const output = outputOf(marbleTestFrom(cassette, { name: `the test made of ${set} passes` }));
    it(`the test made of ${set} can be read`, () => {
      expect(output).toBe('');
    });
  }
});
