/** Cassettes as text: what is written is read back, and what cannot be read is told in words. */
import fc from 'fast-check';
import { bytesOf, toChunk } from '../../marbles/recordings/cassette/bytes.js';
import type { Cassette, CassetteExchange } from '../../marbles/recordings/cassette/Cassette.js';
import { CassetteError } from '../../marbles/recordings/cassette/CassetteError.js';
import { formatCassette } from '../../marbles/recordings/cassette/formatCassette.js';
import { parseCassette } from '../../marbles/recordings/cassette/parseCassette.js';

const text = fc.string({ unit: 'binary' });
const headers = fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,9}$/), fc.stringMatching(/^[!-~]{0,20}$/));
const chunk = fc.oneof(
  text.map((given) => ({ text: given })),
  fc.uint8Array().map((bytes) => toChunk(0, bytes)),
);
const how: fc.Arbitrary<{ how: 'complete' | 'aborted' } | { how: 'error'; error: { name: string; message: string } }> =
  fc.oneof(
    fc.record({ how: fc.constantFrom('complete' as const, 'aborted' as const) }),
    fc.record({ how: fc.constant('error' as const), error: fc.record({ name: text, message: text }) }),
  );

/** An exchange whose parts come one after the other, at any distance. */
const exchange: fc.Arbitrary<CassetteExchange> = fc
  .record({
    start: fc.nat(),
    waits: fc.infiniteStream(fc.nat(1_000)),
    request: fc.record({ method: text, path: text, headers }),
    body: fc.option(fc.jsonValue(), { nil: undefined }),
    response: fc.option(fc.record({ status: fc.integer({ min: 200, max: 599 }), headers }), { nil: undefined }),
    chunks: fc.array(chunk),
    how: fc.option(how, { nil: undefined }),
  })
  .map(({ start, waits, request, body, response, chunks, how: ending }) => {
    let time = start;
    const next = () => (time += waits.next().value as number);
    const headed = response !== undefined;
    const whole = {
      request: { time, ...request, body },
      response: headed ? { time: next(), ...response } : undefined,
      chunks: headed ? chunks.map((part) => ({ ...part, time: next() })) : [],
      end: ending !== undefined && (headed || ending.how !== 'complete') ? { time: next(), ...ending } : undefined,
    };
    // As JSON has it: without what is undefined, and no object is without a prototype.
    return JSON.parse(JSON.stringify(whole)) as CassetteExchange;
  });

describe('a cassette', () => {
  it('is the same when it is written and read', () => {
    fc.assert(
      fc.property(fc.array(exchange), (given) => {
        // What fast-check marks its own arrays with is no part of a cassette.
        const cassette: Cassette = { version: 1, exchanges: [...given] };
        const written = formatCassette(cassette);
        expect(parseCassette(written)).toEqual(cassette);
        expect(formatCassette(parseCassette(written))).toBe(written);
      }),
    );
  });

  it('holds any bytes, as text where they are text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          text.map((given) => new TextEncoder().encode(given)),
        ),
        (bytes) => {
          const part = toChunk(7, bytes);
          expect([...bytesOf(part)]).toEqual([...bytes]);
          expect('text' in part).toBe(Buffer.from(Buffer.from(bytes).toString()).equals(bytes));
        },
      ),
    );
    expect(toChunk(1, Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]))).toEqual({ time: 1, text: '\uFEFFa' });
    expect(toChunk(1, Uint8Array.from([0xe2, 0x82]))).toEqual({ time: 1, base64: '4oI=' });
  });

  it('may hold blank lines, fields that mean nothing, and exchanges side by side', () => {
    const request = (exchange: number) =>
      `{"type":"request","exchange":${exchange},"time":${exchange},"method":"GET","path":"/","headers":{}}`;
    const rows = [
      '',
      '{"type":"cassette","version":1,"note":"!"}\r',
      request(1),
      '  ',
      request(2),
      end(2, 9),
      end(1, 5),
    ];
    const { exchanges } = parseCassette(rows.join('\n'));
    expect(exchanges.map(({ end: ended }) => ended?.time)).toEqual([5, 9]);
  });
});

const head = '{"type":"cassette","version":1}';
const request = '{"type":"request","exchange":1,"time":5,"method":"POST","path":"/v1/messages","headers":{}}';
const response = '{"type":"response","exchange":1,"time":6,"status":200,"headers":{}}';
const end = (exchange: number, time: number) => `{"type":"end","exchange":${exchange},"time":${time},"how":"aborted"}`;
const part = (fields: object) => JSON.stringify({ type: 'chunk', exchange: 1, time: 7, text: '', ...fields });
const sent = (fields: object) => JSON.stringify({ ...(JSON.parse(request) as object), ...fields });

describe('what cannot be read', () => {
  it.each<[rows: string[], line: number, words: string]>([
    [[''], 1, 'The cassette is empty: expected its head in line 1, found nothing.'],
    [['', 'nonsense'], 2, 'expected JSON: '],
    [['7'], 1, 'expected a JSON object, found 7.'],
    [[request], 1, 'expected `type` to be one of cassette, found "request".'],
    [['{"type":"cassette","version":2}'], 1, 'expected version 1, found 2. Update rxclaude, or record again.'],
    [[head, head], 2, 'expected `type` to be one of request, response, chunk, end, found "cassette".'],
    [[head, sent({ exchange: 0 })], 2, 'expected `exchange` to be a whole number of at least 1, found 0.'],
    [[head, sent({ exchange: 2 })], 2, 'expected request 1, found request 2.'],
    [[head, sent({ time: 1.5 })], 2, 'expected `time` to be a whole number of at least 0, found 1.5.'],
    [[head, sent({ method: undefined })], 2, 'expected `method` to be a string, found none.'],
    [[head, sent({ headers: { a: 1 } })], 2, 'expected `headers` to be an object of valid headers, found {"a":1}.'],
    [[head, sent({ headers: { 'a b': 'c' } })], 2, 'expected `headers` to be an object of valid headers'],
    [[head, response], 2, 'expected the request of exchange 1, found its response.'],
    [
      [head, request, response.replace('200', '99')],
      3,
      'expected `status` to be a whole number from 200 to 599, found 99.',
    ],
    [[head, request, response, response], 4, 'expected one response to exchange 1, found a second.'],
    [[head, request, response.replace('6', '4')], 3, 'expected `time` to be at least 5, found 4.'],
    [[head, request, part({})], 3, 'expected the response to exchange 1, found a chunk of it.'],
    [[head, request, response, part({ text: undefined })], 4, 'expected `text` or `base64`, found neither.'],
    [[head, request, response, part({ text: 7 })], 4, 'expected `text` to be a string, found 7.'],
    [
      [head, request, response, part({ text: undefined, base64: '*' })],
      4,
      'expected `base64` to be base64, found something else.',
    ],
    [
      [head, request, end(1, 6).replace('aborted', 'complete')],
      3,
      'expected the response to exchange 1, found its end.',
    ],
    [
      [head, request, end(1, 6).replace('aborted', 'so')],
      3,
      'expected `how` to be one of complete, error, aborted, found "so".',
    ],
    [[head, request, end(1, 6).replace('aborted', 'error')], 3, 'expected `error` to be an object, found none.'],
    [
      [head, request, end(1, 6).replace('"aborted"', '"error","error":{"name":"E"}')],
      3,
      'expected `error.message` to be a string, found none.',
    ],
    [[head, request, end(1, 6), part({})], 4, 'expected nothing after the end of exchange 1, found its chunk.'],
  ])('%j', (rows, line, words) => {
    const read = () => parseCassette(rows.join('\n'));
    expect(read).toThrow(CassetteError);
    expect(read).toThrow(words);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ name: 'CassetteError', _tag: 'CassetteError', line, request: undefined });
      if (rows.length > 1) expect((error as Error).message).toMatch(`Line ${line} of the cassette: `);
    }
  });
});
