import { createJsonReader } from '../../../src/json/createJsonReader.js';
import { isPrefix } from './isPrefix.js';

/** What the reader shows after each piece, as JSON; `undefined` before the first value. */
function shown(...pieces: string[]): (string | undefined)[] {
  const reader = createJsonReader();
  return pieces.map((piece) => {
    reader.write(piece);
    return JSON.stringify(reader.value());
  });
}

/** The value at the end, from a reader that is asked after each piece, and so reads each by itself. */
function read(...pieces: string[]): unknown {
  const reader = createJsonReader();
  for (const piece of pieces) {
    reader.write(piece);
    reader.value();
  }
  return reader.value();
}

describe('what is shown while a text is written', () => {
  it('is nothing before the first value begins', () => {
    expect(shown('', ' \n\t\r', '{')).toEqual([undefined, undefined, '{}']);
  });

  it('grows strings with each piece', () => {
    expect(shown('{"city":"B', 'er', 'lin"', '}')).toEqual([
      '{"city":"B"}',
      '{"city":"Ber"}',
      '{"city":"Berlin"}',
      '{"city":"Berlin"}',
    ]);
  });

  it('shows a field once its value begins, never a half-written name', () => {
    expect(shown('{"ci', 'ty"', ':', ' ', '"')).toEqual(['{}', '{}', '{}', '{}', '{"city":""}']);
  });

  it('shows numbers and literals once they are complete', () => {
    expect(shown('[1', '2', ',', 'tr', 'ue', ',-', '0.5e', '-1', ']')).toEqual([
      '[]',
      '[]',
      '[12]',
      '[12]',
      '[12]',
      '[12,true]',
      '[12,true]',
      '[12,true]',
      '[12,true,-0.05]',
    ]);
  });

  it('shows an escape once it is complete, wherever it is cut', () => {
    expect(shown('["a', '\\', 'n', 'b\\u', '00', '4', '1', '"]')).toEqual([
      '["a"]',
      '["a"]',
      '["a\\n"]',
      '["a\\nb"]',
      '["a\\nb"]',
      '["a\\nb"]',
      '["a\\nbA"]',
      '["a\\nbA"]',
    ]);
  });

  it('never shows half a surrogate pair', () => {
    const [high = '', low = ''] = '😀'.split('');
    expect(shown(`["x${high}`, `${low}y`, '"]')).toEqual(['["x"]', '["x😀y"]', '["x😀y"]']);
    expect(shown('["x\\ud83d', '\\ude', '00y"]')).toEqual(['["x"]', '["x"]', '["x😀y"]']);
    expect(shown(`["\\ud83d`, `${low}"]`)).toEqual(['[""]', '["😀"]']);
  });

  it('shows a lone half once the string is closed, as JSON.parse does', () => {
    expect(read('["x\\ud83d', '"]')).toEqual(['x\ud83d']);
    expect(read('["\\ud83d\\ud83d', '\\ude00"]')).toEqual(['\ud83d😀']);
  });

  it('grows in place', () => {
    const reader = createJsonReader();
    reader.write('{"a":[');
    const before = reader.value();
    reader.write('1,2]}');
    expect(reader.value()).toBe(before);
    expect(before).toEqual({ a: [1, 2] });
  });
});

describe('top-level scalars', () => {
  it.each([
    ['"text"', 'text'],
    ['12 ', 12],
    ['true\n', true],
    ['null ', null],
    [' -1.5e3\t', -1500],
  ])('%j', (text, value) => {
    expect(read(...text)).toBe(value);
  });

  it('waits for the end of a number, which only a delimiter can tell', () => {
    expect(shown('1', '2', ' ')).toEqual([undefined, undefined, '12']);
  });

  it('takes nothing behind the value', () => {
    expect(read('"a" "b"')).toBe('a');
    expect(read('{} {"a":1}')).toEqual({});
  });
});

describe('keys', () => {
  it('makes `__proto__` a field like any other', () => {
    const text = '{"__proto__":{"isAdmin":true},"a":{"__proto__":"x","__proto__":[1]}}';
    const value = read(...text) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value['isAdmin']).toBeUndefined();
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
  });

  it('lets `constructor` and `toString` be fields', () => {
    expect(Object.entries(read('{"constructor":1,"toString":"x","":2}') as object)).toEqual([
      ['constructor', 1],
      ['toString', 'x'],
      ['', 2],
    ]);
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":{"b":1},"c":0,"a":"x"}',
    '{"a":"long","a":"s","a":null}',
    '{"1":"b","0":"a","1":[]}',
  ])('keeps the last of several: %s', (text) => {
    expect(JSON.stringify(read(...text))).toBe(JSON.stringify(JSON.parse(text)));
  });
});

describe('text that is not JSON', () => {
  it.each([
    ['{"a":1,}', { a: 1 }],
    ['{"a":1 "b":2}', { a: 1 }],
    ['{"a" 1}', {}],
    ["{'a':1}", {}],
    ['{a:1}', {}],
    ['{"a":tru}', {}],
    ['{"a":TRUE,"b":1}', {}],
    ['{"a":01}', {}],
    ['{"a":+1}', {}],
    ['{"a":1.}', {}],
    ['{"a":.5}', {}],
    ['{"a":NaN}', {}],
    ['{"a":-}', {}],
    ['{"a":undefined}', {}],
    ['{"a":"x\ny"}', { a: 'x' }],
    ['{"a":"x\\q","b":1}', { a: 'x' }],
    ['{"a":"x\\u12G4"}', { a: 'x' }],
    ['{"a":"x\\u 123"}', { a: 'x' }],
    ['[1,2}', [1, 2]],
    ['[1,,2]', [1]],
    ['[1,]', [1]],
    ['{"a":[1}', { a: [1] }],
    ['{"a":/* c */1}', {}],
    ['{}}', {}],
    ['\uFEFF{"a":1}', undefined],
    ['hello', undefined],
    [']', undefined],
  ])('%j stops where it goes wrong', (text, kept) => {
    for (const pieces of [[text], text.split('')]) {
      expect(read(...pieces, ' ')).toEqual(kept);
      expect(read(...pieces, '"x":1}]', '{"b":2}')).toEqual(kept);
    }
  });
});

describe('hostile text', () => {
  it.each([
    ['arrays', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['unclosed arrays', '['.repeat(100_000)],
    ['unclosed objects', '[{"a":'.repeat(50_000)],
  ])('of 10 000 levels and more does not overflow the stack: %s', (_, text) => {
    const reader = createJsonReader();
    reader.write(text);
    for (const character of text.slice(0, 20_000)) {
      reader.value();
      reader.write(character);
    }
    // Somebody must be able to walk what is shown.
    expect(() => JSON.stringify(reader.value())).not.toThrow();
    expect(() => structuredClone(reader.value())).not.toThrow();
  });

  it('may be as deep as any sane input', () => {
    const text = '{"a":['.repeat(200) + '"deep"' + ']}'.repeat(200);
    expect(JSON.stringify(read(...text))).toBe(text);
  });

  it('may be white space for the most part', () => {
    const gap = ' \n\r\t'.repeat(5_000);
    expect(read(gap, `${gap}{${gap}"a"${gap}:${gap}[${gap}1${gap},${gap}"b"${gap}]${gap}}${gap}`, gap)).toEqual({
      a: [1, 'b'],
    });
  });
});

/** Counts the characters that the built-in text functions are made to look at. */
function countCharacters(work: () => void): number {
  let count = 0;
  const spies = [
    jest.spyOn(String.prototype, 'slice').mockImplementation(function (this: string, ...args) {
      const result = real.slice.apply(this, args);
      count += result.length;
      return result;
    }),
    jest.spyOn(String.prototype, 'charAt').mockImplementation(function (this: string, at) {
      count += 1;
      return real.charAt.call(this, at);
    }),
    jest.spyOn(String.prototype, 'charCodeAt').mockImplementation(function (this: string, at) {
      count += 1;
      return real.charCodeAt.call(this, at);
    }),
    jest.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, text) {
      const from = this.lastIndex;
      const match = real.exec.call(this, text);
      count += (match === null ? text.length : match.index + match[0].length) - from;
      return match;
    }),
  ];
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return count;
}

const real = {
  slice: String.prototype.slice,
  charAt: String.prototype.charAt,
  charCodeAt: String.prototype.charCodeAt,
  exec: RegExp.prototype.exec,
};

describe('work', () => {
  const texts = {
    'one long string': `{"text":"${'x'.repeat(40_000)}"}`,
    'one long string of escapes': `["${'\\n\\u00e9\\"'.repeat(4_000)}"]`,
    'surrogate pairs': `["${'😀'.repeat(20_000)}"]`,
    'many short values': JSON.stringify(Array.from({ length: 4_000 }, (_, n) => ({ n, s: 'ab', t: true }))),
    'one long number': `[${'1'.repeat(40_000)}]`,
    'one long wrong word': `[${'t'.repeat(40_000)}]`,
  };

  it.each(Object.entries(texts))('is linear in the text, however it is cut: %s', (_, text) => {
    for (const size of [1, 7, text.length]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      );
      const count = countCharacters(() => read(...pieces));
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(text.length * 12);
    }
  });
});

describe('isPrefix', () => {
  it.each([
    [undefined, 1, true],
    ['', 'a', true],
    ['a', 'ab', true],
    ['b', 'ab', false],
    ['\ud83d', '😀', false],
    [1, 12, false],
    [[], [1], true],
    [[1], [1, 2], true],
    [['a'], ['ab', 'c'], true],
    [['a', 'c'], ['ab', 'c'], false],
    [[2], [1, 2], false],
    [{}, { a: 1 }, true],
    [{ a: 'x', b: 1 }, { a: 'xy', b: 1 }, true],
    [{ a: 'x', b: 'y' }, { a: 'xx', b: 'yy' }, false],
    [{ c: 1 }, { a: 1 }, false],
    [{}, [], false],
    [{ a: {} }, { a: [] }, false],
  ])('%j of %j: %j', (part, whole, expected) => {
    expect(isPrefix(part, whole)).toBe(expected);
  });
});
