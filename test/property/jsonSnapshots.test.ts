import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { createJsonReader } from '../../src/json/createJsonReader.js';
import { copyOf } from '../unit/json/isPrefix.js';
import { inPieces, jsonText } from '../unit/json/jsonTexts.js';
import { times } from '../support/runs.js';

/** The snapshots after those pieces that `asked` says. */
function snapshotsOf(pieces: readonly string[], asked: (index: number) => boolean): unknown[] {
  const reader = createJsonReader();
  return pieces.flatMap((piece, index) => {
    reader.write(piece);
    if (!asked(index)) return [];
    const snapshot = reader.snapshot();
    expect(snapshot).toEqual(copyOf(reader.value()));
    return [snapshot];
  });
}

/** The paths at which two values are equal objects, and not the same one. */
function lostIdentities(before: unknown, after: unknown, path = '$'): string[] {
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return [];
  if (before === after) return [];
  if (isDeepStrictEqual(before, after)) return [path];
  return Object.entries(before).flatMap(([key, value]) =>
    Object.hasOwn(after, key) ? lostIdentities(value, (after as Record<string, unknown>)[key], `${path}.${key}`) : [],
  );
}

function unfrozen(value: unknown, path = '$'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, field]) => unfrozen(field, `${path}.${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}

const sometimes = fc
  .array(fc.boolean(), { minLength: 1 })
  .map((asked) => (index: number) => asked[index % asked.length]!);

describe('snapshots of a JSON text, for any text, any cuts and whenever they are taken', () => {
  it('equal the live value of their moment, are frozen to the ground, and never change', () => {
    fc.assert(
      fc.property(inPieces(jsonText), sometimes, ({ pieces }, asked) => {
        const texts: (string | undefined)[] = [];
        const snapshots = snapshotsOf(pieces, asked);
        for (const snapshot of snapshots) {
          expect(unfrozen(snapshot)).toEqual([]);
          texts.push(JSON.stringify(snapshot));
        }
        expect(snapshots.map((snapshot) => JSON.stringify(snapshot))).toEqual(texts);
      }),
      times(500),
    );
  });

  it('do not change while the reader goes on', () => {
    fc.assert(
      fc.property(inPieces(jsonText), ({ pieces }) => {
        const reader = createJsonReader();
        const taken = pieces.map((piece) => {
          reader.write(piece);
          const snapshot = reader.snapshot();
          return { snapshot, text: JSON.stringify(snapshot) };
        });
        for (const { snapshot, text } of taken) expect(JSON.stringify(snapshot)).toBe(text);
      }),
      times(500),
    );
  });

  it('share whatever has not changed between them', () => {
    fc.assert(
      fc.property(inPieces(jsonText), sometimes, ({ pieces }, asked) => {
        const snapshots = snapshotsOf(pieces, asked);
        for (const [index, after] of snapshots.slice(1).entries()) {
          expect(lostIdentities(snapshots[index], after)).toEqual([]);
        }
      }),
      times(500),
    );
  });
});

describe('the bounds of a reader', () => {
  it('stops below its deepest level, and keeps what it had', () => {
    const reader = createJsonReader({ maxDepth: 3 });
    reader.write('[[[1,[2]],3]]');
    expect(reader.value()).toEqual([[[1]]]);
  });

  it('stops at its longest text, and keeps what it had', () => {
    const reader = createJsonReader({ maxChars: 10 });
    reader.write('["abc');
    reader.write('def');
    reader.write('ghi"]');
    expect(reader.value()).toEqual(['abcdef']);
  });
});
