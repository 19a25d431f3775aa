import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import {
  accumulateMessage,
  accumulateToolInput,
  growingInput,
  textDeltas,
  type RoundEvent,
  type ToolCallEvent,
} from 'rxclaude';
import { cutAt, inPieces, jsonText } from '../unit/json/jsonTexts.js';
import { deepFreeze } from '../unit/message/deepFreeze.js';
import {
  blockStart,
  blockStop,
  jsonDelta,
  messageDelta,
  messageStart,
  messageStop,
  textDelta,
} from '../unit/message/wire.js';
import { times } from '../support/runs.js';

const eventsOf = (...blocks: object[]): RoundEvent[] =>
  deepFreeze([messageStart(), ...blocks, messageDelta({ stop_reason: 'tool_use' }), messageStop]) as RoundEvent[];

const callStart = (index: number): object =>
  blockStart(index, { type: 'tool_use', id: `toolu_${String(index)}`, name: 'add', input: {} });

const callBlock = (index: number, pieces: readonly string[]): object[] => [
  callStart(index),
  ...pieces.map((piece) => jsonDelta(index, piece)),
  blockStop(index),
];

async function outcomeOf(events: RoundEvent[]): Promise<{ calls: ToolCallEvent[]; message: unknown; text: string }> {
  const all = await lastValueFrom(from(events).pipe(accumulateToolInput(), toArray()));
  return {
    calls: all.filter((event) => event.type === 'tool_call'),
    message: await lastValueFrom(from(events).pipe(accumulateMessage())),
    text: (await lastValueFrom(from(events).pipe(textDeltas(), toArray()))).join(''),
  };
}

/** Texts of inputs: mostly objects, and some that are none, or no JSON at all. */
const inputText = fc.oneof(
  { weight: 3, arbitrary: jsonText.map((text) => `{"a":${text}}`) },
  { weight: 1, arbitrary: jsonText },
  { weight: 1, arbitrary: jsonText.map((text) => `{"a":${text}`.slice(0, -1)) },
  { weight: 1, arbitrary: fc.constantFrom('', '{}', ' ', '{"__proto__":{"x":1}}', '{"a":1,"a":2}') },
);

const json = (value: unknown): string => JSON.stringify(value);

describe('wherever the pieces are cut', () => {
  it('a call and its message are the same', async () => {
    await fc.assert(
      fc.asyncProperty(inPieces(inputText), async ({ text, pieces }) => {
        const whole = await outcomeOf(eventsOf(...callBlock(0, [text])));
        const cut = await outcomeOf(eventsOf(...callBlock(0, pieces)));
        expect(json(cut)).toBe(json(whole));
        expect(whole.calls).toHaveLength(1);
      }),
      times(300),
    );
  });

  it('a call has the value of JSON.parse, or a Left with the text as Claude wrote it', async () => {
    await fc.assert(
      fc.asyncProperty(inPieces(inputText), async ({ text, pieces }) => {
        const { calls, message } = await outcomeOf(eventsOf(...callBlock(0, pieces)));
        const [call] = calls;
        const content = (message as { content: { input: unknown }[] }).content;
        let value: unknown;
        try {
          value = text === '' ? {} : JSON.parse(text);
        } catch {
          expect(call?.input).toMatchObject({ _tag: 'Left', left: { _tag: 'InvalidJson', text } });
          expect(content[0]?.input).toEqual({});
          expect(call?.tool_use.input).toEqual({});
          return;
        }
        const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
        if (isPlain) {
          expect(json(call?.input)).toBe(json({ _tag: 'Right', right: value }));
          expect(json(content[0]?.input)).toBe(json(value));
          expect(json(call?.tool_use.input)).toBe(json(value));
        } else expect(call?.input).toMatchObject({ _tag: 'Left', left: { _tag: 'NotAnObject', text } });
      }),
      times(300),
    );
  });

  it('text is the same, to the last surrogate', async () => {
    await fc.assert(
      fc.asyncProperty(inPieces(fc.string({ unit: 'binary' })), async ({ text, pieces }) => {
        const deltas = pieces.map((piece) => textDelta(0, piece));
        const outcome = await outcomeOf(eventsOf(blockStart(0, { type: 'text', text: '' }), ...deltas, blockStop(0)));
        expect(outcome.text).toBe(text);
        expect(outcome.message).toMatchObject({ content: [{ type: 'text', text }] });
      }),
      times(200),
    );
  });

  it('blocks that are written at the same time do not touch one another', async () => {
    const cuts = fc.array(fc.nat(1000), { maxLength: 10 });
    const blocks = fc.array(fc.tuple(inputText, cuts), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(blocks, fc.infiniteStream(fc.nat()), async (texts, choice) => {
        const apart = await outcomeOf(eventsOf(...texts.flatMap(([text], index) => callBlock(index, [text]))));
        const queues = texts.map(([text, at], index) => [
          ...cutAt(
            text,
            at.map((place) => place % (text.length + 1)),
          ).map((piece) => jsonDelta(index, piece)),
          blockStop(index),
        ]);
        const mixed: object[] = texts.map((_, index) => callStart(index));
        for (let open = queues; open.length > 0; open = open.filter((queue) => queue.length > 0)) {
          const queue = open[(choice.next().value as number) % open.length] ?? [];
          const event = queue.shift();
          if (event !== undefined) mixed.push(event);
        }
        const together = await outcomeOf(eventsOf(...mixed));
        expect(json(together.message)).toBe(json(apart.message));
        const byIndex = (calls: ToolCallEvent[]): ToolCallEvent[] => [...calls].sort((a, b) => a.index - b.index);
        expect(json(byIndex(together.calls))).toBe(json(apart.calls));
      }),
      times(150),
    );
  });

  it('the pieces of `tool_input` and their growing values lead to the call', async () => {
    await fc.assert(
      fc.asyncProperty(inPieces(jsonText.map((text) => `{"a":${text}}`)), async ({ text, pieces }) => {
        const events = eventsOf(...callBlock(0, pieces));
        const all = await lastValueFrom(from(events).pipe(accumulateToolInput(), toArray()));
        const inputs = all.filter((event) => event.type === 'tool_input');
        expect(inputs.map((event) => event.text)).toEqual(pieces);
        const growing = await lastValueFrom(from(all).pipe(growingInput(), toArray()));
        expect(growing.map(({ complete }) => complete)).toEqual([...pieces.map(() => false), true]);
        for (const { value } of growing.slice(-2)) expect(json(value)).toBe(json(JSON.parse(text)));
        expect(all.filter((event) => !event.type.startsWith('tool_'))).toEqual(events);
      }),
      times(150),
    );
  });
});
