/** The lines of an event stream, against `TextDecoder` and `eventsource-parser`, which are given the whole of it at once. */
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { createSseReader, type Chunk } from '../../src/transport/createSseReader.js';
import { tagged } from '../support/errors.js';
import { times } from '../support/runs.js';

type Event = readonly [name: string, data: string];

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The reference. */
function expected(bytes: Uint8Array): Event[] {
  const events: Event[] = [];
  const parser = createParser({ onEvent: ({ event = '', data }) => events.push([event, data]) });
  const text = new TextDecoder().decode(bytes);
  // It takes three characters at the start for a byte order mark that was decoded wrongly.
  parser.feed('');
  // It waits to see whether a line feed follows a carriage return.
  parser.feed(text.endsWith('\r') ? `${text}\n` : text);
  return events;
}

function read(chunks: readonly Chunk[], maxEventChars = Infinity): { events: Event[]; error?: unknown } {
  const events: Event[] = [];
  const feed = createSseReader(maxEventChars, (...event) => events.push(event));
  try {
    for (const chunk of chunks) feed(chunk);
  } catch (error) {
    return { events, error };
  }
  return { events };
}

/** Bytes of all kinds: UTF-8, single bytes that are never in it, halves of characters, byte order marks. */
const anyBytes = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({ unit: 'binary', maxLength: 4 }).map((text) => [...encode(text)]),
  },
  { weight: 2, arbitrary: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 }) },
  { weight: 2, arbitrary: fc.array(fc.integer({ min: 0x80, max: 0xff }), { maxLength: 5 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[[0xef, 0xbb, 0xbf], [0xef, 0xbb], [0xef], [0xbb, 0xbf], [0xf0, 0x9f, 0x98, 0x80], [0xf0, 0x9f, 0x98]],
      ...[[0xe2, 0x82, 0xac], [0xe2, 0x82], [0xc3], [0xa9], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90]],
      ...[[0xe0, 0x80], [0x0d], [0x0a], [0x0d, 0x0a], [0xf8], [0xff, 0xfe], [0xf0, 0x80, 0x80, 0x80]],
    ),
  },
);

const text = (...texts: readonly string[]) => fc.constantFrom(...texts).map((one) => [...encode(one)]);

/** A line as it is sent, and much that is nearly one: other fields, no colon, no space, two of them, no end. */
const line = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: text('data', 'data', 'event') },
      {
        weight: 2,
        arbitrary: text('id', 'retry', '', 'dat', 'datas', 'Data', ' data', 'even', 'events', 'xvent', 'x'),
      },
      { weight: 1, arbitrary: anyBytes },
    ),
    text(': ', ': ', ':', '', ':  ', ' :', '::', ' '),
    fc.oneof(anyBytes, text('', '', 'ping', '{"type":"ping"}', '7', ':', 'data: x')),
    text('\n', '\n', '\r\n', '\r', '\n\n', '\n\n', '\r\n\r\n', '\r\r', '\n\r', ''),
  )
  .map((parts) => parts.flat());

const usual = fc
  .tuple(text('event: content_block_delta', 'event: ping', 'event:x'), text('\n', '\r\n', '\r'), anyBytes)
  .map(([event, end, data]) => [...event, ...end, ...encode('data: '), ...data, ...end, ...end]);

const body = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, text('\ufeff', '\ufeff\ufeff', 'ï»¿'), anyBytes),
    fc.array(fc.oneof({ weight: 4, arbitrary: line }, { weight: 2, arbitrary: usual }, anyBytes), { maxLength: 12 }),
  )
  .map(([start, lines]) => Uint8Array.from([...start, ...lines.flat()]));

const cuts = fc.oneof(
  fc.array(fc.nat(), { maxLength: 6 }),
  fc.constant(Array.from({ length: 500 }, (_, at) => at)),
  fc.constant([]),
);

function chunksOf(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, n) => bytes.slice(at[n], end));
}

describe('the events are those of TextDecoder and eventsource-parser', () => {
  it('for any bytes, wherever they are cut', () => {
    fc.assert(
      fc.property(body, cuts, (bytes, places) => {
        expect(read(chunksOf(bytes, places))).toEqual({ events: expected(bytes) });
      }),
      times(10_000),
    );
  });

  it('as soon as their last byte has come', () => {
    fc.assert(
      fc.property(body, cuts, (bytes, places) => {
        const events: Event[] = [];
        const feed = createSseReader(Infinity, (...event) => events.push(event));
        let length = 0;
        for (const chunk of chunksOf(bytes, places)) {
          feed(chunk);
          length += chunk.length;
          expect(events).toEqual(expected(bytes.slice(0, length)));
        }
      }),
      times(1_000),
    );
  });

  it('for every three bytes of an interesting kind, one by one', () => {
    const kinds = [0x0d, 0x41, 0x80, 0x9f, 0xa0, 0xbb, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf8, 0xff];
    const [before, after] = [encode('data:'), encode('data: x\n\n')];
    for (const a of kinds) {
      for (const b of kinds) {
        for (const c of kinds) {
          const parts = [before, Uint8Array.of(a), Uint8Array.of(b), Uint8Array.of(c), after];
          const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
          expect(read(parts).events).toEqual(expected(whole));
          expect(read(parts.slice(1)).events).toEqual(expected(whole.slice(before.length)));
          expect(read(chunksOf(whole, [7])).events).toEqual(expected(whole));
        }
      }
    }
  });

  it('for the names of fields, with any letter changed, left out or doubled', () => {
    const near = ['data', 'event'].flatMap((field) =>
      [...field].flatMap((letter, at) =>
        ['', 'x', letter.toUpperCase(), letter + letter].map(
          (other) => field.slice(0, at) + other + field.slice(at + 1),
        ),
      ),
    );
    for (const field of near) {
      const bytes = encode(`event: x\ndata: 1\n${field}: 2\n\n`);
      expect(read([bytes]).events).toEqual(expected(bytes));
      expect(read([bytes]).events).toEqual([['x', '1']]);
    }
  });

  it('although the chunks are written over after they were read', () => {
    fc.assert(
      fc.property(body, cuts, (bytes, places) => {
        const events: Event[] = [];
        const feed = createSseReader(Infinity, (...event) => events.push(event));
        for (const chunk of chunksOf(bytes, places)) {
          feed(chunk);
          chunk.fill(0x7a);
        }
        expect(events).toEqual(expected(bytes));
      }),
      times(1_000),
    );
  });

  it('for buffers and texts in place of bytes', () => {
    fc.assert(
      fc.property(body, cuts, (bytes, places) => {
        const events = expected(bytes);
        const buffers = chunksOf(bytes, places).map(({ buffer }) => buffer as ArrayBuffer);
        expect(read(buffers)).toEqual({ events });
        const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        const at = [...places, 0, decoded.length].map((place) => place % (decoded.length + 1)).sort((a, b) => a - b);
        expect(read(at.map((start, n) => decoded.slice(start, at[n + 1] ?? start)))).toEqual({ events });
      }),
      times(1_000),
    );
  });
});

describe('the bound', () => {
  const small = fc.integer({ min: 1, max: 40 });
  /** Data on several lines, long comments, and long names. */
  const long = fc
    .array(
      fc.tuple(
        text('data: ', 'data:', 'event: ', ': ', 'x'),
        fc.nat(120),
        text('\n', '\n', '\n\n', '\r', '\r\n\r\n', ''),
      ),
      { maxLength: 8 },
    )
    .map((lines) => lines.flatMap(([field, length, end]) => [...field, ...Array<number>(length).fill(0x78), ...end]));
  const bytes = fc.oneof(
    body,
    long.map((codes) => Uint8Array.from(codes)),
  );

  it('comes to the same however the body is cut, and lets nothing through that is larger', () => {
    fc.assert(
      fc.property(bytes, cuts, small, (all, places, most) => {
        const whole = read([all], most);
        expect(read(chunksOf(all, places), most)).toEqual(whole);
        const events = expected(all);
        expect(whole.events).toEqual(events.slice(0, whole.events.length));
        expect(whole.events.filter(([, data]) => data.length > most)).toEqual([]);
        if (whole.error === undefined) expect(whole.events).toEqual(events);
        else expect(whole.error).toEqual(tagged('LimitError'));
      }),
      times(5_000),
    );
  });

  it('is exact for data on several lines in pieces of their own', () => {
    const chunks = ['data: 12345\n', 'data: 6789\n', '\n'];
    expect(read(chunks, 10)).toEqual({ events: [['', '12345\n6789']] });
    expect(read(chunks, 9)).toEqual({ events: [], error: tagged('LimitError') });
  });

  it('refuses nothing that is small enough', () => {
    fc.assert(
      fc.property(body, cuts, (all, places) => {
        const events = expected(all);
        const most = Math.max(1, all.length, ...events.map(([, data]) => data.length));
        expect(read(chunksOf(all, places), most)).toEqual({ events });
      }),
      times(1_000),
    );
  });

  it.each([
    ['a line without an end', 'data: ', 'x'],
    ['lines of data without an end', '', 'data: x\n'],
    ['empty lines of data without an end', '', 'data\n'],
    ['a comment without an end', ':', 'x'],
    ['a name without an end', 'event: ', 'x'],
    ['a line of no field without an end', '', 'x'],
  ])('stops %s soon after it', (_what, start, more) => {
    const feed = createSseReader(1_000, () => undefined);
    let sent = 0;
    expect(() => {
      feed(start);
      for (; sent < 10_000; sent++) feed(more);
    }).toThrow(tagged('LimitError'));
    expect(sent).toBeLessThan(1_100);
  });

  it('is on one event: comments, names and empty lines between events may go on and on', () => {
    const feed = createSseReader(20, () => undefined);
    for (const more of [': hi\n', 'event: ping\n', '\n', '\r\n', '\r', 'id: 7\n', 'data: x\n\n']) {
      for (let sent = 0; sent < 1_000; sent++) feed(more);
    }
  });
});

describe('the time grows with the body alone', () => {
  const size = 1_000_000;
  it.each<[string, Chunk[]]>([
    ['a line in single characters', Array<string>(size).fill('x')],
    ['a line in single bytes', Array<Uint8Array>(size).fill(Uint8Array.of(0x78))],
    ['a line in large pieces', Array<string>(100).fill('x'.repeat(size))],
    ['lines of data in single characters', [...'data:x\n'.repeat(size / 10)]],
    ['short lines in one piece', ['x\n'.repeat(size)]],
    ['short lines of data in one piece', ['data\n'.repeat(size)]],
    ['carriage returns in one piece', ['data:x\r'.repeat(size / 5)]],
    ['one carriage return before many lines', [`\r${'data:x\n\n'.repeat(size / 5)}`]],
    ['halves of characters', Array<Uint8Array>(size / 10).fill(Uint8Array.of(0xbd, 0xe6, 0x97))],
  ])('for %s', (_what, chunks) => {
    const from = performance.now();
    read([...chunks, '\n\n']);
    // A quadratic reader would take minutes.
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
