import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { RxClaudeError } from 'rxclaude';
import { parseEvent } from '../../src/transport/createReplyReader.js';
import { cutAt, jsonText } from '../unit/json/jsonTexts.js';
import { protocolError } from '../support/errors.js';
import { times } from '../support/runs.js';

const runs = times(2_000);

/** What came of it: the value, to the order of its keys, or that it is not JSON. */
function outcomeOf(parse: () => unknown): unknown {
  try {
    const value = parse();
    return { value, text: JSON.stringify(value) };
  } catch (error) {
    return { thrown: RxClaudeError.is(error, 'ProtocolError') ? 'ProtocolError' : error };
  }
}

/** The reference. */
function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw protocolError('not JSON');
  }
}

function expectAsJson(data: string): void {
  const outcome = outcomeOf(() => parseEvent('content_block_delta', data));
  const expected = outcomeOf(() => jsonOf(data));
  // Jest's own equality trips over keys such as `constructor`.
  if (!isDeepStrictEqual(outcome, expected)) expect(outcome).toEqual(expected);
  expect(isDeepStrictEqual(outcome, expected)).toBe(true);
}

/** One character of a JSON string, in any way in which it can be written, and in some in which it cannot. */
const written = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => JSON.stringify(text).slice(1, -1)),
  },
  { weight: 2, arbitrary: fc.constantFrom('\\n', '\\t', '\\r', '\\b', '\\f', '\\"', '\\\\', '\\/', '/', "'") },
  { weight: 2, arbitrary: fc.constantFrom('\\u0000', '\\ud83d', '\\ude00', '\\ud83d\\ude00', '\\uD83D', '\\u00e9') },
  { weight: 2, arbitrary: fc.constantFrom('\ud83d', '\ude00', '😀', '\u2028', '\u2029', '\ufeff', '\u007f', '\u0080') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\n', '\t', '\0', '\u001f', '\r', '"', '\\', '\\x', '\\u12', '\\\n', '\\\u2028'),
  },
);

const body = fc.array(written, { maxLength: 8 }).map((parts) => parts.join(''));
const goodBody = fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text).slice(1, -1));
const index = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom('0', '-0', '00', '01', '-1', '1.5', '1e2', '9007199254740993', '9'.repeat(400), '"0"', 'null', ''),
);
const kind = fc.constantFrom('text', 'thinking', 'input_json', 'signature', 'citations', '', 'texts', '__proto__');
const padding = fc.constantFrom('', ' ', '   ', '\t', '\n', '\r\n', '\u00a0', '\ufeff', 'x', ',', '}');

/** A delta just as the API writes it. */
const apiDelta = fc
  .tuple(fc.nat(40), fc.constantFrom('text', 'thinking'), goodBody, fc.nat(30))
  .map(([at, name, text, spaces]) => deltaText(String(at), name, name, text, ' '.repeat(spaces)));

/** A delta nearly as the API writes it: any index, kind, characters and padding, known to JSON or not. */
const nearDelta = fc
  .tuple(index, kind, fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, kind), body, padding)
  .map(([at, name, field, text, end]) => deltaText(at, name, field ?? name, text, end));

function deltaText(at: string, name: string, field: string, text: string, end: string): string {
  return `{"type":"content_block_delta","index":${at},"delta":{"type":"${name}_delta","${field}":"${text}"}${end}}`;
}

const space = fc.constantFrom('', '', '', ' ', '\n', '\t ');

/** A delta with its keys in any order, with others among them, some of them twice, and white space anywhere. */
const shuffled = fc
  .tuple(
    fc.shuffledSubarray(['type', 'index', 'delta', 'extra', 'index2', '__proto__'], { minLength: 1 }),
    fc.shuffledSubarray(['type', 'text', 'thinking', 'extra', 'text2'], { minLength: 1 }),
    fc.constantFrom('text_delta', 'thinking_delta', 'weather_delta'),
    goodBody,
    jsonText,
    fc.infiniteStream(space),
  )
  .map(([outer, inner, name, text, extra, gaps]) => {
    const gap = (): string => gaps.next().value as string;
    const object = (fields: readonly string[]): string => `{${gap()}${fields.join(`${gap()},${gap()}`)}${gap()}}`;
    const field = (key: string, value: string): string => `"${key.replace('2', '')}"${gap()}:${gap()}${value}`;
    const inside = new Map([
      ['type', `"${name}"`],
      ['extra', extra],
    ]);
    const delta = object(inner.map((key) => field(key, inside.get(key) ?? `"${text}"`)));
    const outside = new Map([
      ['type', '"content_block_delta"'],
      ['index', '0'],
      ['index2', '1'],
      ['delta', delta],
    ]);
    return object(outer.map((key) => field(key, outside.get(key) ?? extra)));
  });

const oneDelta = fc.oneof(apiDelta, nearDelta, shuffled);

describe('parseEvent gives what JSON.parse gives', () => {
  it('for the deltas of the API', () => {
    fc.assert(
      fc.property(apiDelta, (data) => {
        expectAsJson(data);
        expect(parseEvent('content_block_delta', data)).toStrictEqual(JSON.parse(data));
      }),
      runs,
    );
  });

  it('for what is nearly a delta of the API', () => {
    fc.assert(fc.property(nearDelta, expectAsJson), runs);
  });

  it('for any order of keys, other fields, fields that come twice, and white space', () => {
    fc.assert(fc.property(shuffled, expectAsJson), runs);
  });

  it('for a delta that is cut', () => {
    fc.assert(
      fc.property(oneDelta, fc.nat(), fc.nat(), (data, from, to) => {
        const [head = '', , tail = ''] = cutAt(data, [from % (data.length + 1), to % (data.length + 1)]);
        expectAsJson(head);
        expectAsJson(tail);
        expectAsJson(head + tail);
      }),
      runs,
    );
  });

  it('for a delta in which something is put, or changed, or doubled', () => {
    const put = fc.oneof(written, fc.constantFrom(...'{}[]":,\\ \n0-tex_', 'null', '":"', '"},', '","text":"'));
    fc.assert(
      fc.property(oneDelta, fc.nat(), put, fc.nat(2), (data, at, what, over) => {
        const place = at % (data.length + 1);
        expectAsJson(data.slice(0, place) + what + data.slice(place + over));
        expectAsJson(data + data.slice(place));
      }),
      runs,
    );
  });

  it('for any JSON, and for any text', () => {
    fc.assert(fc.property(fc.oneof(jsonText, fc.string({ unit: 'binary' })), expectAsJson), runs);
  });

  it('for long texts, to the character at which another way is taken', () => {
    const filler = fc.constantFrom('a', ' ', '\\n', '\\u00e9', '\\\\', '\\"', '中', '\ud83d', '"', '\n');
    const length = fc.oneof(fc.integer({ min: 1000, max: 1100 }), fc.integer({ min: 1, max: 20_000 }));
    fc.assert(
      fc.property(length, filler, filler, fc.nat(3), (size, first, second, end) => {
        const body = (first + second).repeat(size).slice(0, size);
        expectAsJson(deltaText('0', 'text', 'text', body, ' '.repeat(end)));
      }),
      times(500),
    );
    for (let size = 900; size < 1100; size++) {
      expectAsJson(deltaText('3', 'thinking', 'thinking', 'x'.repeat(size), ''));
      expectAsJson(deltaText('3', 'thinking', 'thinking', '\\'.repeat(size), ''));
    }
  });

  it('for a text that is too long for a regular expression', () => {
    const data = deltaText('0', 'text', 'text', '\\n'.repeat(4_000_000), '');
    expect(parseEvent('content_block_delta', data)).toMatchObject({ delta: { text: '\n'.repeat(4_000_000) } });
  });

  it('is wrong about its own data, never about the name', () => {
    fc.assert(
      fc.property(fc.string(), apiDelta, (name, data) => {
        expect(parseEvent(name, data)).toStrictEqual(JSON.parse(data));
        expect(() => parseEvent(name, data.slice(1))).toThrow(`The data of an event \`${name}\` is not JSON`);
      }),
    );
  });
});
