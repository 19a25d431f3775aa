/** Which calls of several attempts are the same. */
import fc from 'fast-check';
import type { ToolCallEvent, ToolResultEvent } from 'rxclaude';
import { createCallLedger } from '../../../src/tools/createCallLedger.js';
import { canonicalJson } from '../../../src/json/canonicalJson.js';
import { outputOf } from '../../support/outcome.js';

let count = 0;

/** A call as it comes behind `validateWith`: what Claude wrote, and what was decoded of it. */
function call(name: string, written: unknown, decoded: unknown = written): ToolCallEvent {
  const id = `toolu_${++count}`;
  const tool_use = { type: 'tool_use' as const, id, name, input: written };
  return { type: 'tool_call', round: 1, id, name, index: 0, input: { _tag: 'Right', right: decoded }, tool_use };
}

function resultOf({ id, name }: ToolCallEvent, right: unknown): ToolResultEvent {
  const result = { type: 'tool_result' as const, tool_use_id: id, content: '' };
  return { type: 'tool_result', round: 1, id, name, index: 0, result, outcome: { _tag: 'Right', right }, duration: 0 };
}

/** A ledger, and the keys of all calls of one attempt. */
function openLedger() {
  const prefix = `run-${++count}`;
  const ledger = createCallLedger(() => prefix);
  const keysOf = (...calls: ToolCallEvent[]): string[] => {
    for (const [index, each] of calls.entries()) {
      Object.assign(each, { index });
      ledger.add(each);
    }
    return calls.map((each) => ledger.keyOf(each));
  };
  return { ...ledger, keysOf };
}

describe('a ledger', () => {
  it('keeps the key of a call that still runs when another attempt has made the same call', () => {
    const { keysOf, keyOf, retry } = openLedger();
    const [first, second] = [call('k', 1), call('k', 1)];
    const keys = keysOf(first, second);
    retry();
    keysOf(call('k', 1), call('k', 1), call('l', 1));
    expect([first, second].map(keyOf)).toEqual(keys);
  });

  it('tells calls by what Claude wrote, and not by what was decoded of it', () => {
    const { keysOf, retry } = openLedger();
    const [one] = keysOf(call('k', { n: '1' }, { n: new Date(1) }));
    retry();
    const [same, other] = keysOf(call('k', { n: '1' }, { n: new Date(2) }), call('k', { n: '2' }, { n: new Date(1) }));
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('takes inputs for the same whose keys stand in another order', () => {
    const { keysOf, retry } = openLedger();
    const [one] = keysOf(call('k', { a: 1, b: 2 }));
    retry();
    expect(keysOf(call('k', { b: 2, a: 1 }))).toEqual([one]);
  });

  it('reads no input before there is another attempt', () => {
    let reads = 0;
    const input = {
      get n() {
        return ++reads;
      },
    };
    const { add, keep, keyOf, retry } = openLedger();
    const lazy = call('k', input);
    add(lazy);
    keep(lazy, resultOf(lazy, 'r'));
    keyOf(lazy);
    expect(reads).toBe(0);
    retry();
    keyOf(lazy);
    expect(reads).toBe(1);
  });

  it('gives an earlier result only to a later attempt', () => {
    const { add, keep, earlierResult, retry } = openLedger();
    const first = call('k', { n: 1 });
    add(first);
    expect(earlierResult(first)).toBeUndefined();
    keep(first, resultOf(first, 'r'));
    expect(earlierResult(call('k', { n: 1 }))).toBeUndefined();
    retry();
    expect(earlierResult(call('k', { n: 1 }))?.outcome).toMatchObject({ right: 'r' });
    retry();
    expect(earlierResult(call('k', { n: 1 }))?.outcome).toMatchObject({ right: 'r' });
    expect(earlierResult(call('k', { n: 2 }))).toBeUndefined();
    expect(earlierResult(call('l', { n: 1 }))).toBeUndefined();
  });

  it('keeps the results of two equal calls apart, and has one of them for a third', () => {
    const { add, keep, earlierResult, retry } = openLedger();
    const threeOf = () => [call('k', { n: 1 }), call('k', { n: 1 }), call('k', { n: 1 })] as const;
    const [one, two] = threeOf();
    for (const each of [one, two]) add(each);
    keep(two, resultOf(two, 'of the second'));
    keep(one, resultOf(one, 'of the first'));
    retry();
    const again = threeOf();
    for (const each of again) add(each);
    const outputs = again.map((each) => outputOf(earlierResult(each)!));
    expect(outputs.slice(0, 2)).toEqual(['of the first', 'of the second']);
    expect(['of the first', 'of the second']).toContain(outputs[2]);
  });

  it('keeps the result of a call whose tool has changed its input since', () => {
    const { add, keep, earlierResult, retry } = openLedger();
    const input = { n: 1 };
    const first = call('k', input);
    add(first);
    earlierResult(first);
    input.n = 2;
    keep(first, resultOf(first, 'r'));
    retry();
    expect(earlierResult(call('k', { n: 1 }))?.outcome).toMatchObject({ right: 'r' });
  });

  it('is no other’s: its keys are its own', () => {
    const [one] = openLedger().keysOf(call('k', {}));
    const [other] = openLedger().keysOf(call('k', {}));
    expect(other).not.toBe(one);
    expect(one).toMatch(/^run-\d+-c0$/);
  });

  it('gives two calls of any attempts the same key when tool, input and place among equals are the same', () => {
    const calls = fc.array(
      fc.tuple(fc.constantFrom('k', 'l'), fc.constantFrom<unknown>({}, { a: 1, b: 2 }, { b: 2, a: 1 }, [])),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(fc.array(calls, { maxLength: 4 }), (attempts) => {
        const { keysOf, retry } = openLedger();
        const keys = new Map<string, string>();
        for (const attempt of attempts) {
          const contents = attempt.map((each) => canonicalJson(each));
          const got = keysOf(...attempt.map(([name, input]) => call(name, input)));
          expect(new Set(got).size).toBe(got.length);
          contents.forEach((content, at) => {
            const identity = `${content} ${contents.slice(0, at).filter((other) => other === content).length}`;
            expect(got[at]).toBe(keys.get(identity) ?? got[at]);
            keys.set(identity, got[at]!);
          });
          retry();
        }
        expect(new Set(keys.values()).size).toBe(keys.size);
      }),
    );
  });
});
