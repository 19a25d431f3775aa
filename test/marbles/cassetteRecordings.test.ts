/** Bodies that were kept without their times, as cassettes: the same events and errors as over a connection. */
import { claudeStream, fetchClient } from 'rxclaude';
import type { ClaudeClient, ClaudeRequest, RoundEvent } from 'rxclaude';
import { bytesOf } from '../../marbles/recordings/cassette/bytes.js';
import { cassetteFromRecording } from '../../marbles/recordings/cassette/cassetteFromRecording.js';
import { formatCassette } from '../../marbles/recordings/cassette/formatCassette.js';
import { parseCassette } from '../../marbles/recordings/cassette/parseCassette.js';
import { record } from '../../marbles/recordings/cassette/record.js';
import { replay } from '../../marbles/recordings/cassette/replay.js';
import { type Outcome, run } from '../conformance/support/run.js';
import { question } from '../conformance/support/talk.js';
import { describeRecordings, recordings, recordingsOf } from '../support/recordings.js';
import { textReply } from '../support/replies.js';
import { toSse } from '../support/sse.js';
import { type Played, virtually } from './support/virtually.js';

/** What a client makes of a body that comes in one piece. */
async function reference(bytes: Uint8Array): Promise<Outcome<RoundEvent>> {
  const fetch = async () => new Response(bytes.slice(), { headers: { 'content-type': 'text/event-stream' } });
  return run(claudeStream(fetchClient({ fetch }), question));
}

const stream = (client: ClaudeClient, request: unknown) => claudeStream(client, (request ?? question) as ClaudeRequest);

describe('the times that are made up', () => {
  const sse = toSse(textReply('Hi'));
  const timesOf = ({ times, end }: Played<RoundEvent>) => [...times, end];

  it('are 2 ms from event to event, the first 20 ms after the request', () => {
    const played = virtually(() => claudeStream(replay(cassetteFromRecording([{ sse }])), question));
    expect(timesOf(played)).toEqual([20, 22, 24, 26, 28, 30, 32, 32]);
  });

  it('are 10 ms from chunk to chunk where their lengths are known', () => {
    const { length } = new TextEncoder().encode(sse);
    const cassette = cassetteFromRecording([{ sse, chunks: [400, 10, length - 410] }]);
    expect(cassette.exchanges[0]?.chunks.map(({ time }) => time)).toEqual([20, 30, 40]);
  });

  it('begin the next round 20 ms after the end of the one before', () => {
    const { exchanges } = cassetteFromRecording([{ sse }, { sse: '' }, { sse }]);
    expect(exchanges.map(({ request, end }) => [request.time, end?.time])).toEqual([
      [0, 32],
      [52, 72],
      [92, 124],
    ]);
  });

  it('cut events at empty lines of any kind', () => {
    const cut = (body: string) => cassetteFromRecording([{ sse: body }]).exchanges[0]?.chunks;
    expect(cut('a\nb\n\nc\r\nd\r\n\r\ne\rf\r\rg')).toMatchObject(
      ['a\nb\n\n', 'c\r\nd\r\n\r\n', 'e\rf\r\r', 'g'].map((text) => ({ text })),
    );
  });

  it('need the lengths of all chunks', () => {
    expect(() => cassetteFromRecording([{ sse: 'four' }, { sse: 'four', chunks: [1, 2] }])).toThrow(
      '`cassetteFromRecording.rounds.1.chunks` must be lengths that add up to 4 bytes, found 3.',
    );
  });
});

describeRecordings('recordings in virtual time', () => {
  const all = recordings().map((recording) => [recording.name, recording] as const);

  it.each(all)('%s: the same events, the same end', async (_name, { bytes, request, chunks }) => {
    const cassette = cassetteFromRecording([
      {
        sse: bytes,
        ...(request !== undefined && { request: request as object }),
        ...(chunks !== undefined && { chunks }),
      },
    ]);
    const wanted = await reference(bytes);
    const played = virtually(() => stream(replay(cassette), request));
    const written = virtually(() => stream(replay(formatCassette(cassette), { speed: Infinity }), request));

    expect(parseCassette(formatCassette(cassette))).toEqual(cassette);
    expect(played.events).toEqual(wanted.events);
    expect(played.error).toStrictEqual(wanted.error);
    expect(written.events).toEqual(wanted.events);
    expect(String(written.error)).toBe(String(wanted.error));
    expect(new Set(written.times)).toEqual(new Set(written.times.length > 0 ? [0] : []));
  });

  it.each(all)('%s: nothing in it is taken for a key', async (_name, { bytes, request }) => {
    const fetch = async () => new Response(bytes.slice());
    const recorder = record({ fetch, secrets: ['not-in-it'] });
    const body = JSON.stringify(request ?? question);
    const headers = { 'x-api-key': 'sk-ant-api03-not-in-it', authorization: 'Bearer not-in-it-either' };
    await (await recorder.fetch('https://h/v1/messages', { method: 'POST', body, headers })).arrayBuffer();

    const [exchange] = parseCassette(recorder.cassette()).exchanges;
    expect(Buffer.concat(exchange!.chunks.map(bytesOf)).equals(bytes)).toBe(true);
    const token = /"authorization_token": ?"[^"]*"/g;
    expect(JSON.stringify(exchange!.request.body)).toBe(body.replace(token, '"authorization_token":"[hidden]"'));
  });

  it('hold conversations that are played round after round', async () => {
    const sets = [...new Set(recordings().map(({ set }) => set))].map(recordingsOf);
    const several = sets.filter((rounds) => rounds.length > 1);
    expect(several.length).toBeGreaterThan(10);
    for (const rounds of several) {
      const client = replay(
        cassetteFromRecording(rounds.map(({ bytes, request }) => ({ sse: bytes, request: request as object }))),
      );
      for (const { bytes, request } of rounds) {
        const wanted: readonly RoundEvent[] = (await reference(bytes)).events;
        expect(virtually(() => stream(client, request)).events).toEqual(wanted);
      }
      expect(client.done).toBe(true);
    }
  });
});
