import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { createJsonReader } from '../../src/json/createJsonReader.js';
import { copyOf, isPrefix } from '../unit/json/isPrefix.js';
import { inPieces, jsonText } from '../unit/json/jsonTexts.js';
import { times } from '../support/runs.js';

/** What a reader shows after each piece, copied: the reader's own value grows in place. */
function shownAfterEach(pieces: readonly string[]): unknown[] {
  const reader = createJsonReader();
  return pieces.map((piece) => {
    reader.write(piece);
    return copyOf(reader.value());
  });
}

/** The value at the end, from a reader that is asked after the pieces that `asked` says. */
function readAll(pieces: readonly string[], asked: (index: number) => boolean = () => true): unknown {
  const reader = createJsonReader();
  for (const [index, piece] of pieces.entries()) {
    reader.write(piece);
    if (asked(index)) reader.value();
  }
  return reader.value();
}

const sometimes = fc
  .array(fc.boolean(), { minLength: 1 })
  .map((asked) => (index: number) => asked[index % asked.length]!);

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

describe('createJsonReader, for any JSON text and any cuts', () => {
  it('shows a correct prefix of the value after every piece', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ({ text, pieces }) => {
        const whole: unknown = JSON.parse(text);
        for (const shown of shownAfterEach(pieces)) expect([shown, isPrefix(shown, whole)]).toEqual([shown, true]);
      }),
      times(1_500),
    );
  });

  it('shows only what it will not take back', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ({ pieces }) => {
        const shown = shownAfterEach(pieces);
        for (const [index, value] of shown.slice(1).entries()) expect(isPrefix(shown[index], value)).toBe(true);
      }),
      times(500),
    );
  });

  it('ends with exactly the value of JSON.parse', () => {
    fc.assert(
      fc.property(inPieces(jsonText.map((text) => `${text}\n`)), ({ text, pieces }) => {
        const value = readAll(pieces);
        expect(isDeepStrictEqual(value, JSON.parse(text))).toBe(true);
      }),
      times(1_500),
    );
  });

  it('shows the same whichever way the text was cut', () => {
    fc.assert(
      fc.property(inPieces(jsonText), fc.nat(), ({ text, pieces }, at) => {
        const end = at % (text.length + 1);
        const before = text.slice(0, end);
        const cut = pieces.join('').slice(0, end).split('');
        expect(isDeepStrictEqual(readAll(cut), readAll([before]))).toBe(true);
      }),
      times(500),
    );
  });

  it('shows the same however often it is asked', () => {
    const longer = jsonText.map((text) => `[${`${text},`.repeat(3_000)}${text}`);
    fc.assert(
      fc.property(inPieces(fc.oneof({ weight: 20, arbitrary: jsonText }, longer)), sometimes, ({ pieces }, asked) => {
        expect(isDeepStrictEqual(readAll(pieces, asked), readAll(pieces))).toBe(true);
      }),
      times(500),
    );
  });

  it('stops at text that is not JSON, and keeps what it had', () => {
    // A NUL may stand nowhere in JSON: neither in a string nor outside.
    fc.assert(
      fc.property(inPieces(jsonText), fc.nat(), ({ text, pieces }, at) => {
        const end = at % (text.length + 1);
        const reader = createJsonReader();
        reader.write(text.slice(0, end));
        const kept = copyOf(reader.value());
        reader.write('\u0000');
        for (const piece of [text.slice(end), ...pieces]) reader.write(piece);
        expect(isDeepStrictEqual(reader.value(), kept)).toBe(true);
      }),
      times(1_000),
    );
  });

  it('never throws, and still agrees with JSON.parse, when a text is damaged', () => {
    const damage = fc.tuple(fc.nat(), fc.nat(2), fc.oneof(fc.constantFrom(...'{}[]",:\\u0 -e.tn\u0001'), fc.string()));
    fc.assert(
      fc.property(jsonText, damage, ([...characters], [at, remove, add]) => {
        characters.splice(at % (characters.length + 1), remove, add);
        const text = `${characters.join('')}\n`;
        const value = readAll(text.split(''));
        const parsed = parse(text);
        if (parsed) expect(isDeepStrictEqual(value, parsed.value)).toBe(true);
      }),
      times(1_500),
    );
  });
});
