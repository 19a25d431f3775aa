/** PROTOCOL.md section 6: the inputs of tools (cases 3 to 7, 13, 58). */
import { from } from 'rxjs';
import { growingInput, type RoundEvent } from 'rxclaude';
import { callsReply, reply, textReply, toolUse } from '../support/replies.js';
import type { CallSpec } from '../support/replies.js';
import { only, run } from './support/run.js';
import { servers } from './support/servers.js';
import { expectFailed, expectSound, question, quick, resultsOf, started, talk } from './support/talk.js';
import type { Talk } from './support/talk.js';
import { anyTool, echo } from './support/tools.js';

const { strict } = servers();

/** One reply of calls, then an answer. */
async function callThenAnswer(calls: readonly CallSpec[], tools = [echo], maxChunk = 256): Promise<Talk> {
  const rounds = [{ events: callsReply(...calls) }, { events: textReply('Done.') }];
  return talk(await strict(rounds, { maxChunk }), rounds, tools);
}

const inputsOf = (events: readonly RoundEvent[]): unknown[] => only(events, 'tool_call').map(({ input }) => input);
const right = (value: unknown): object => ({ _tag: 'Right', right: value });

describe('3: tool_use with no delta, or only an empty one', () => {
  it.each([
    ['no delta', { deltas: false }],
    ['only ""', { input: '' }],
  ])('3: tool_use with %s: input {} and the tool runs once', async (_what, spec) => {
    const inputs: unknown[] = [];
    const tool = anyTool('now', (input) => {
      inputs.push(input);
      return 'noon';
    });

    const held = await callThenAnswer([{ id: 't1', name: 'now', ...spec }], [tool]);

    expectSound(held);
    expect(inputs).toEqual([{}]);
    expect(inputsOf(held.events)).toEqual([right({})]);
    expect(resultsOf(held.requests[1])).toEqual([{ type: 'tool_result', tool_use_id: 't1', content: 'noon' }]);
  });
});

it('4: tool JSON split inside an escape, a surrogate pair, a number equals the unsplit parse', async () => {
  const raw = String.raw`{"a":"\u00e9\ud83d\ude00\"\\\/\n","b":"😀é","c":-12.5e+3,"d":[1e2,true,null],"é":0.1}`;
  const wanted = JSON.parse(raw) as unknown;
  const sizes = [1, 2, 3, 4, 5, 6, 7, 11, 13, 64];
  const calls = sizes.map((pieceSize) => ({ id: `t${String(pieceSize)}`, name: 'echo', input: raw, pieceSize }));

  const held = await callThenAnswer(calls, [echo], 3);

  expectSound(held);
  expect(inputsOf(held.events)).toEqual(sizes.map(() => right(wanted)));
  expect(resultsOf(held.requests[1]).map(({ content }) => JSON.parse(content as string) as unknown)).toEqual(
    sizes.map(() => wanted),
  );
});

it.each(['max_tokens', 'model_context_window_exceeded'])(
  '5: tool JSON truncated, stop_reason %s: the tool is not run, and its input never repaired',
  async (stop_reason) => {
    let runs = 0;
    const tool = anyTool('save', () => runs++, { idempotent: true });
    const whole = { id: 't1', name: 'save', input: { line: 'x' } };
    const cut = { id: 't2', name: 'save', input: '{"a":1,"b":"xy' };
    const rounds = [{ events: reply({ content: ['Saving.', toolUse(whole), toolUse(cut)], stop_reason }) }];
    const late = anyTool('save', () => runs++);

    const held = await talk(await strict(rounds), rounds, [late]);

    expectSound(held);
    expect(runs).toBe(0);
    expect(held.requests).toHaveLength(1);
    expect(held.end).toMatchObject({ reason: 'finished', stop_reason });
    expect(inputsOf(held.events)[1]).toMatchObject({ left: { _tag: 'InvalidJson', text: '{"a":1,"b":"xy' } });
    expect(held.end.message?.content[2]).toMatchObject({ id: 't2', input: {} });
    expect(JSON.stringify(held.end.messages)).not.toContain('xy');

    // Not even a tool that may start early runs with half an input.
    const again = await talk(await strict(rounds), rounds, [tool]);
    expectSound(again);
    expect(started(again.events)).toEqual(['t1']);
  },
);

it.each(['end', 'destroy'] as const)(
  '5: tool JSON cut off with its stream (%s): never run, never repaired, gone from the history; the retry runs the whole one',
  async (then) => {
    const seen: unknown[] = [];
    const tool = anyTool('save', (input) => seen.push(input), { idempotent: true });
    const input = { path: '/tmp/a', text: 'all of it' };
    const whole = callsReply({ id: 't1', name: 'save', input, pieceSize: 4 });
    const pieces = whole.length - 3;
    for (let at = 3; at < pieces; at += 2) {
      const cut = { events: whole.slice(0, at), then };
      const failing = [cut];
      const failed = await talk(await strict(failing), failing, [tool], { retry: false });
      expectFailed(failed);
      expect(inputsOf(failed.events)).toEqual([]);
      expect(failed.end.messages).toEqual(question.messages);
      expect(failed.end.message?.content).toEqual([]);
      const healing = [cut, { events: whole }, { events: textReply('Done.') }];
      const healed = await talk(await strict(healing), healing, [tool], { retry: quick });
      expectSound(healed);
      expect(inputsOf(healed.events)).toEqual([right(input)]);
      expect(seen.splice(0)).toEqual([input]);
    }
  },
);

it('6: tool JSON invalid, stop_reason tool_use: is_error result with the raw text, the loop goes on', async () => {
  const bad = ['{"a": nope}', '{"a":1', '{"a":1}}', "{'a':1}", '{"a":"\u0001"}', '{"a":01}', 'undefined'];
  const calls = bad.map((input, at) => ({ id: `t${String(at)}`, name: 'echo', input }));

  const held = await callThenAnswer([...calls, { id: 'good', name: 'echo', input: { a: 1 } }]);

  expectSound(held);
  expect(held.end).toMatchObject({ reason: 'finished', stop_reason: 'end_turn' });
  expect(started(held.events)).toEqual(['good']);
  expect(resultsOf(held.requests[1])).toEqual([
    ...bad.map((text, at) => ({
      type: 'tool_result',
      tool_use_id: `t${String(at)}`,
      is_error: true,
      content: JSON.stringify({ INVALID_JSON: text }),
    })),
    { type: 'tool_result', tool_use_id: 'good', content: '{"a":1}' },
  ]);
});

it('7: tool JSON parses to array, string, number, true, null: treated as invalid; the echoed input is an object', async () => {
  const bad = ['[1,2]', '"text"', '7', 'true', 'null', '[]', '  null '];
  const held = await callThenAnswer(bad.map((input, at) => ({ id: `t${String(at)}`, name: 'echo', input })));

  expectSound(held);
  expect(started(held.events)).toEqual([]);
  expect(inputsOf(held.events)).toEqual(
    bad.map((text) => ({ _tag: 'Left', left: expect.objectContaining({ _tag: 'NotAnObject', text }) as unknown })),
  );
  const [, reply_, results] = held.requests[1]!.messages;
  expect(reply_!.content).toEqual(
    bad.map((_text, at) => ({ type: 'tool_use', id: `t${String(at)}`, name: 'echo', input: {} })),
  );
  for (const result of results!.content as unknown as { is_error: boolean; content: string }[]) {
    expect(result.is_error).toBe(true);
    expect(result.content).toContain('must be a JSON object');
  }
});

it('13: same tool_use id twice in a reply: run once, one result', async () => {
  const seen: unknown[] = [];
  const tool = anyTool('log', (input) => {
    seen.push(input);
    return 'ok';
  });

  const held = await callThenAnswer(
    [
      { id: 't1', name: 'log', input: { n: 1 } },
      { id: 't1', name: 'log', input: { n: 2 } },
      { id: 't2', name: 'log', input: { n: 3 } },
    ],
    [tool],
  );

  expectSound(held);
  expect(seen).toEqual([{ n: 1 }, { n: 3 }]);
  expect(resultsOf(held.requests[1]).map(({ tool_use_id }) => tool_use_id)).toEqual(['t1', 't2']);
  expect(only(held.events, 'tool_result').map(({ id }) => id)).toEqual(['t1', 't2']);
});

describe('58: keys and names that a prototype knows', () => {
  const raw = `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1,
    "big":123456789012345678901234567890,"twice":1,"twice":2,"":3,"0":"zero"}`;
  const polluted = (): unknown => ({})['polluted' as never];

  it('58: __proto__, huge numbers, duplicate keys in tool JSON: no pollution, the value is that of JSON.parse', async () => {
    const seen: unknown[] = [];
    const tool = anyTool('log', (input) => {
      seen.push(input);
      return input;
    });
    const calls = [1, 4, 1000].map((pieceSize) => ({
      id: `t${String(pieceSize)}`,
      name: 'log',
      input: raw,
      pieceSize,
    }));

    const held = await callThenAnswer(calls, [tool]);

    expectSound(held);
    expect(polluted()).toBeUndefined();
    const wanted = JSON.parse(raw) as object;
    for (const input of seen as object[]) {
      expect(Object.entries(input)).toEqual(Object.entries(wanted));
      expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
      expect(Object.hasOwn(input, '__proto__')).toBe(true);
    }
    expect(seen).toHaveLength(3);
    const echoed = held.requests[1]!.messages[1]!.content as unknown as { input: object }[];
    expect(echoed.map(({ input }) => JSON.stringify(input))).toEqual(calls.map(() => JSON.stringify(wanted)));
    const { events: inputs } = await run(from(held.events).pipe(growingInput()));
    // The first piece of a call is empty and has no value yet; the complete input comes in addition.
    const growing = inputs.filter(({ value }) => value !== undefined).map(({ value }) => value as object);
    expect(growing).toHaveLength(only(held.events, 'tool_input').length);
    for (const value of growing) expect(Object.entries(value)).toEqual(Object.entries(wanted));
  });

  it('58: a number beyond a double is Infinity for the tool, as JSON.parse gives it', async () => {
    const seen: unknown[] = [];
    const tool = anyTool('log', (input) => seen.push(input));
    const rounds = [{ events: callsReply({ id: 't1', name: 'log', input: '{"n":1e400,"m":-1e400,"e":1e-400}' }) }];

    const held = await talk(await strict(rounds), rounds, [tool], { maxRounds: 1 });

    expect(held.error).toBeUndefined();
    expect(seen).toEqual([{ n: Infinity, m: -Infinity, e: 0 }]);
  });

  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

  it('58: such a name that no tool has is an unknown tool', async () => {
    const held = await callThenAnswer(names.map((name) => ({ id: `t_${name}`, name, input: { a: 1 } })));

    expectSound(held);
    expect(started(held.events)).toEqual([]);
    const results = resultsOf(held.requests[1]);
    expect(results.map(({ is_error }) => is_error)).toEqual(names.map(() => true));
    names.forEach((name, at) => {
      expect(results[at]!.content).toContain(`Tool \`${name}\` is not available here`);
    });
  });

  it('58: such a name that a tool has is that tool', async () => {
    const tools = names.map((name) => anyTool(name, () => `I am ${name}`));
    const held = await callThenAnswer(
      names.map((name) => ({ id: `t_${name}`, name })),
      tools,
    );

    expectSound(held);
    expect(resultsOf(held.requests[1]).map(({ content }) => content)).toEqual(names.map((name) => `I am ${name}`));
    expect(polluted()).toBeUndefined();
  });
});
