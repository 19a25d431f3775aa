import fc from 'fast-check';

const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/);

/** One character of a string as JSON text, in one of the ways in which it can be written. */
const written = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).map(inString) },
  { weight: 2, arbitrary: fc.constantFrom('\\n', '\\t', '\\r', '\\b', '\\f', '\\"', '\\\\', '\\/', '/') },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }).map(escaped) },
  { weight: 1, arbitrary: fc.constantFrom('😀', '\\ud83d\\ude00', '\\uD83D\\uDE00', '\\ud83d', '\\ude00', '\\u0000') },
);

const string = fc.array(written, { maxLength: 6 }).map((parts) => `"${parts.join('')}"`);

const key = fc.oneof(
  { weight: 4, arbitrary: string },
  { weight: 1, arbitrary: fc.constantFrom('"__proto__"', '"constructor"', '"toString"', '"0"', '"1"', '""') },
);

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('-0', '0', '0.5', '-0.0', '1e5', '1E-5', '1e+308', '1e999', '12345678901234567890', '-1.5e3'),
);

const literal = fc.constantFrom('true', 'false', 'null');

/** JSON texts of all kinds: white space wherever it may be, every way to write a character, odd keys, none twice. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; container: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, string, number, literal, tie('container')),
  container: fc.oneof(
    fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 5 })
      .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
    fc
      .uniqueArray(fc.tuple(space, key, space, space, tie('value'), space), {
        maxLength: 5,
        selector: ([, name]) => JSON.parse(name) as string,
      })
      .map((fields) => `{${fields.map(([a, name, b, c, value, d]) => a + name + b + ':' + c + value + d).join(',')}}`),
    space.map((inner) => `[${inner}]`),
    space.map((inner) => `{${inner}}`),
  ),
})).value;

/** A text in pieces: any two neighbours may be cut apart, in the middle of an escape or of a surrogate pair too. */
export function inPieces(text: fc.Arbitrary<string>): fc.Arbitrary<{ text: string; pieces: string[] }> {
  return text.chain((whole) =>
    fc
      .oneof(
        fc.constant(Array.from({ length: whole.length }, (_, index) => index)),
        fc.array(fc.nat(whole.length), { maxLength: 20 }),
      )
      .map((cuts) => ({ text: whole, pieces: cutAt(whole, cuts) })),
  );
}

/** Cuts a text at the given places; a place that is named twice gives an empty piece. */
export function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), text.length];
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

function inString(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escaped(text: string): string {
  return [...Array(text.length).keys()].map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}
