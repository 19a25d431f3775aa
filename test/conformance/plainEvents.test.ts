/**
 * Added events are plain JSON, and all operators work after a copy of them: on every recording, on one reply of each kind,
 * and on random ones. To hold another operator to these laws, add it to `pipelineOf` or to `readers`.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { asapScheduler, from, map, of, queueScheduler, scheduled, throwError } from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import * as t from 'io-ts';
import {
  accumulateMessage,
  accumulateToolInput,
  claudeStream,
  debugEvents,
  defineTool,
  executeTools,
  fetchClient,
  growingInput,
  jsonSchema,
  ofType,
  snapshots,
  textDeltas,
  validateWith,
} from 'rxclaude';
import type { ClaudeEvent, Guard, RoundEvent, Tool } from 'rxclaude';
import { drawMarbles } from 'rxclaude/marbles';
import { describeRecordings, recordings } from '../support/recordings.js';
import { blockEvents, reply, text, toolUse } from '../support/replies.js';
import { wholeReplies } from '../support/wholeReplies.js';
import { run } from './support/run.js';
import { question } from './support/talk.js';

type Step = MonoTypeOperatorFunction<RoundEvent>;

/** No tool takes any time, or the same run would not always tell the same. */
beforeAll(() => {
  jest.spyOn(Date, 'now').mockReturnValue(0);
});

/** What a wire, a store or a careless `map` does to events. */
const copies: Readonly<Record<string, Step>> = {
  'a shallow copy': map((event) => ({ ...event })),
  'JSON there and back': map((event) => JSON.parse(JSON.stringify(event)) as RoundEvent),
};

/** The operators that add events, in the order in which they stand. */
function pipelineOf(tools: readonly Tool[]): readonly Step[] {
  return [accumulateToolInput({ round: 3 }), validateWith(tools), executeTools(tools, { round: 3, guard })];
}

/** What is made of events. All of it is compared, so what is live is copied. */
const readers: Readonly<Record<string, (events$: Observable<RoundEvent>) => Observable<unknown>>> = {
  accumulateMessage: (events$) => events$.pipe(accumulateMessage()),
  snapshots: (events$) => events$.pipe(snapshots({ scheduler: queueScheduler })),
  growingInput: (events$) =>
    events$.pipe(
      growingInput(),
      map((input) => structuredClone(input)),
    ),
  textDeltas: (events$) => events$.pipe(textDeltas()),
  ofType: (events$) => events$.pipe(ofType('tool_input', 'tool_call', 'message_stop')),
  debugEvents: (events$) => {
    const lines: string[] = [];
    const sink = (line: string): void => void lines.push(line.replace(/^ *\d+ ms/, ''));
    return events$.pipe(
      debugEvents({ sink, maxChars: 1_000 }),
      map(() => lines.splice(0)),
    );
  },
  drawMarbles: (events$) => drawMarbles(events$, { clock: { now: () => 0 } }).pipe(map(({ text }) => text)),
};

/** What the tools do, one after the other: return, return nothing, show what they do, and fail in two ways. */
const runs: readonly (() => unknown)[] = [
  () => ({ found: [1, 'two'] }),
  () => undefined,
  () => of('half of it', undefined, 'all of it'),
  () => throwError(() => new TypeError('No.')),
  () => {
    throw { not: 'an error' };
  },
];
/** Lets three calls of four through, and takes its time over every second one. */
const guard: Guard = (_, { call: { index } }) => {
  const verdict = index % 4 === 0 ? 'No.' : true;
  return index % 2 === 0 ? scheduled([verdict], asapScheduler) : verdict;
};

/** Tools for the calls of a reply: every third one takes nothing that Claude would write, the others any object. */
function toolsFor(events: readonly RoundEvent[]): Tool[] {
  const names = events.flatMap((event) =>
    event.type === 'content_block_start' && event.content_block.type === 'tool_use' ? [event.content_block.name] : [],
  );
  const description = 'A tool.';
  const picky = t.type({ nothing_of_the_kind: t.type({ deep: t.number }) });
  return [...new Set(names)].map((name, at) => {
    const run = runs[at % runs.length]!;
    return at % 3 === 2
      ? defineTool({ name, description, input: picky, run })
      : defineTool({ name, description, input: jsonSchema({ type: 'object' }), run });
  });
}

/** The events as they come out of the pipeline, with a step before, between and after all its operators. */
function through(events: readonly RoundEvent[], steps: readonly Step[], between: Step): Observable<RoundEvent> {
  return steps.reduce<Observable<RoundEvent>>((events$, step) => events$.pipe(step, between), between(from(events)));
}

/** Jest compares far slower than Node, and says more. */
function expectSame(got: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(got, wanted)) expect(got).toStrictEqual(wanted);
}

/** Holds the events of a reply to all the laws. */
async function expectPlain(events: readonly RoundEvent[]): Promise<void> {
  const steps = pipelineOf(toolsFor(events));
  const none: Step = map((event) => event);
  const { events: out, error } = await run(through(events, steps, none));
  expect(error).toBeUndefined();
  const ofClaude = new Set<RoundEvent>(events);
  for (const event of out) {
    if (!ofClaude.has(event)) expectSame(JSON.parse(JSON.stringify(event)), event);
  }
  for (const [copy, between] of Object.entries(copies)) {
    const copied = await run(through(events, steps, between));
    expectSame({ copy, ...copied }, { copy, events: out, completed: true, error: undefined });
  }
  for (const [reader, read] of Object.entries(readers)) {
    const wanted = await run(read(from(out)));
    for (const [copy, between] of Object.entries(copies)) {
      const got = await run(read(through(events, steps, between)));
      expectSame({ reader, copy, ...got }, { reader, copy, ...wanted });
    }
  }
}

describeRecordings('recordings', () => {
  it.each(recordings().map((recording) => [recording.name, recording] as const))('%s', async (_, { bytes }) => {
    const fetch = async () =>
      Promise.resolve(new Response(bytes.slice(), { headers: { 'content-type': 'text/event-stream' } }));
    const { events } = await run(claudeStream(fetchClient({ baseURL: 'http://recorded.invalid', fetch }), question));
    await expectPlain(events);
  });
});

it.each(wholeReplies)('%s', async (_, events) => {
  await expectPlain(events as readonly RoundEvent[]);
});

describe('random replies', () => {
  const object = fc.dictionary(fc.string({ unit: 'binary', maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }), {
    maxKeys: 4,
  });
  const input = fc.oneof(
    { weight: 4, arbitrary: object.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: object.map((value) => JSON.stringify(value).slice(0, -1)) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom('', '{}', ' ', '{"__proto__":{"x":1}}', '{"a":1,"a":2}') },
  );
  const block = fc.oneof(
    { weight: 1, arbitrary: fc.array(fc.string(), { maxLength: 3 }).map((pieces) => text(pieces)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('look', 'pay', 'toString'), input, fc.integer({ min: 1, max: 9 }))
        .map(([name, json, pieceSize]) => ({ name, input: json, pieceSize })),
    },
  );
  /** Which of the blocks that are still being written goes on. */
  const turns = fc.array(fc.nat(), { maxLength: 60 });

  it('of blocks that are written at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 4 }), turns, async (blocks, choices) => {
        const content = blocks.map((each, at) =>
          'name' in each ? toolUse({ ...each, id: `toolu_${String(at)}` }) : each,
        );
        const [start, ping, ...rest] = reply({ content: [], stop_reason: 'tool_use' });
        const open = content.map((each, at) => [...blockEvents(each, at)]);
        const mixed: object[] = [];
        for (const choice of choices) mixed.push(...(open[choice % Math.max(open.length, 1)]?.splice(0, 1) ?? []));
        await expectPlain([start, ping, ...mixed, ...open.flat(), ...rest] as ClaudeEvent[]);
      }),
      { numRuns: 60 },
    );
  });
});
