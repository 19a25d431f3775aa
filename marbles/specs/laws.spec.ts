import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  asyncScheduler,
  filter,
  ignoreElements,
  map,
  type MonoTypeOperatorFunction,
  Observable,
  of,
  take,
  throwError,
  timer,
} from 'rxjs';
import {
  accumulateMessage,
  accumulateToolInput,
  boundedConcatMap,
  circuitBreaker,
  claudeStream,
  converse,
  createBreaker,
  debugEvents,
  executeTools,
  growingInput,
  ofType,
  resumeConversation,
  retryRound,
  snapshots,
  textDeltas,
  timeoutGuard,
  validateWith,
} from '../../src/index.js';
import type { ClaudeClient, ClaudeEvent, ClaudeRequest, RoundEvent } from '../../src/index.js';
import { added, claude, marble } from '../index.js';
import { isAddedType } from '../../src/events/isAddedType.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { unhandledIn } from './support/unhandled.js';
import { protocolError, truncatedStreamError } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  k a tool_use block starts  i a piece of a tool's input
// b another block starts  n another piece of a block, such as a citation  c content_block_stop
// w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn  m message_stop  p ping
// u an event of another type  K tool_call  W tool_result

/** What is between a source of events and its output: an operator, or a seam such as a client. */
interface Law {
  /** The output for a source of Claude's events. */
  readonly apply: (source: Observable<RoundEvent>) => Observable<unknown>;
  /** Whether every event of the source passes through. Default: true. */
  readonly passes?: false;
  /** The number of values from a source that emits all at once. Default: as many as are taken. */
  readonly atOnce?: number;
  /** The output for an empty source. Default: completion. */
  readonly empty?: unknown;
}

/**
 * Claude's events, for laws about the very objects that go in and come out. They are frozen: changing one fails
 * the law. k, i and j are a call to `weather`: its start, its input and its stop; l, a and q are one to `time`.
 */
const fromClaude = frozen({
  s: claude.messageStart(),
  k: claude.toolUseStart('toolu_1', 'weather', 0),
  i: claude.inputJson('{}', 0),
  j: claude.contentBlockStop(0),
  l: claude.toolUseStart('toolu_2', 'time', 1),
  a: claude.inputJson('{}', 1),
  q: claude.contentBlockStop(1),
  o: claude.textStart(2),
  t: claude.text('Hi', 2),
  n: claude.contentBlockDelta({ type: 'future_delta', more: 1 }, 2),
  c: claude.contentBlockStop(2),
  b: claude.contentBlockStart({ type: 'future_block', content: [{ wish: 'unknown' }] }, 3),
  w: claude.stop('tool_use'),
  e: claude.stop('end_turn'),
  m: claude.messageStop(),
  p: claude.ping(),
  u: { type: 'event_of_the_future', index: 2, content: [{ wish: 'unknown' }] } as unknown as ClaudeEvent,
});
/** The events of rxclaude: the calls to `weather` and `time`, and the result of the one to `weather`. */
const weather = added.toolCall('toolu_1', 'weather');
const time = added.toolCall('toolu_2', 'time', {}, 1);
const ours = frozen({ K: weather, L: time, W: added.toolResult(weather, 'sunny') });
const letters = { ...fromClaude, ...ours };

const request: ClaudeRequest = frozen({
  model: 'claude-test',
  max_tokens: 1,
  messages: [{ role: 'user', content: 'Hi' }],
});
const tools = frozen([
  fakeTool('weather', () => timer(2).pipe(map(() => 'sunny'))),
  fakeTool('time', () => '12:00', { idempotent: true }),
]);
const withTools = { ...request, tools };
const limits = { first: 10_000, each: 10_000, total: 20_000 };
const sink = () => {};
const incomplete = protocolError('Round 1 completed without a complete message.');
const nothing = truncatedStreamError({ events: 0, lastEvent: undefined });

/** A client whose replies are streams. */
/** A client must not emit events of rxclaude. */
const ofClaude = filter((event: RoundEvent) => !isAddedType(event.type));
function clientOf(reply: Observable<RoundEvent>): ClaudeClient {
  return { messages: { create: () => reply as Observable<ClaudeEvent> } };
}

const laws: Record<string, Law> = {
  accumulateMessage: { apply: (source) => source.pipe(accumulateMessage()), passes: false },
  accumulateToolInput: { apply: (source) => source.pipe(accumulateToolInput()) },
  boundedConcatMap: { apply: (source) => source.pipe(boundedConcatMap((event) => of(event))) },
  circuitBreaker: { apply: (source) => source.pipe(circuitBreaker(createBreaker())) },
  debugEvents: { apply: (source) => source.pipe(debugEvents({ sink })) },
  executeTools: { apply: (source) => source.pipe(executeTools(tools)) },
  // Its source is a source of pieces of an input: each event becomes one.
  growingInput: {
    apply: (source) =>
      source.pipe(
        map(() => added.toolInput(weather, '[')),
        growingInput(),
      ),
    passes: false,
  },
  ofType: { apply: (source) => source.pipe(ofType('message_start', 'content_block_delta')), passes: false },
  retryRound: { apply: (source) => source.pipe(retryRound({ retries: 0 })) },
  snapshots: { apply: (source) => source.pipe(snapshots()), passes: false, atOnce: 1 },
  textDeltas: { apply: (source) => source.pipe(textDeltas()), passes: false },
  timeoutGuard: { apply: (source) => source.pipe(timeoutGuard(limits)) },
  validateWith: { apply: (source) => source.pipe(validateWith(tools)) },
  // Its source is a source of requests: each event asks for a conversation.
  resumeConversation: {
    apply: (source) =>
      source.pipe(
        map(() => request),
        resumeConversation(() => claude.message()),
      ),
    passes: false,
  },
  'resumeConversation, its round': {
    apply: (source) => of(withTools).pipe(resumeConversation(() => source, { maxRounds: 1 })),
    empty: incomplete,
  },
  'claudeStream, its reply': {
    apply: (source) => claudeStream(clientOf(source.pipe(ofClaude)), request),
    empty: nothing,
  },
  'converse, its reply': {
    apply: (source) =>
      converse(clientOf(source.pipe(ofClaude)), withTools, {
        maxRounds: 1,
        timeout: limits,
        retry: false,
      }),
    empty: nothing,
  },
};
const each = Object.entries(laws);
/** Events that only say that a subscription began and failed. */
const FRAME: readonly string[] = ['round_start', 'conversation_end'];
const afterStart: MonoTypeOperatorFunction<unknown> = filter((out) => !FRAME.includes((out as RoundEvent).type));
const passing = each.filter(([, { passes }]) => passes !== false);

it('the laws are about all operators', () => {
  const files = readdirSync(join(__dirname, '../../operators'), { withFileTypes: true });
  const all = files
    .flatMap((file) => (file.isFile() ? [basename(file.name, '.ts')] : []))
    .filter((name) => name !== 'createBreaker');
  expect(Object.keys(laws)).toEqual(expect.arrayContaining(all));
});

describe.each(each)('%s', (_, { apply, empty, atOnce = 4 }) => {
  marble('emits nothing and stays subscribed while its source emits nothing', (helpers) => {
    const { events, expectObservable, expectSubscriptions } = helpers;
    const source = events('-----------');
    const unsub = '        ^ 99ms !   ';
    const expected = '     -----------';

    expectObservable(apply(source).pipe(afterStart), unsub).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(unsub);
  });

  marble('ends with an empty source', ({ events, expectObservable, expectSubscriptions }) => {
    const source = events('---|');
    const subs = '         ^--!';

    const expected = empty === undefined ? '---|' : '---#';
    expectObservable(apply(source).pipe(afterStart)).toBe(expected, undefined, empty);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });

  marble('fails with its source, in the same frame', ({ hot, expectObservable, expectSubscriptions }) => {
    const source = hot('-s-o-t-#', letters, 'boom');
    const expected = '  -------#';
    const subs = '      ^------!';

    expectObservable(apply(source).pipe(ignoreElements())).toBe(expected, undefined, 'boom');
    expectSubscriptions(source.subscriptions).toBe(subs);
  });

  it('fails with the error of its source itself', () => {
    const boom = new Error('boom');
    expect(observe(apply(throwError(() => boom))).error).toBe(boom);
  });

  marble(
    'unsubscribes from its source when it is left in the middle',
    ({ events, expectObservable, expectSubscriptions }) => {
      const source = events('-s-o-t-t-t-|');
      const unsub = '        ^------!    ';
      const expected = '     --------    ';

      expectObservable(apply(source).pipe(ignoreElements()), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(unsub);
    },
  );

  it('unsubscribes from a source that emits all at once and has no end', () => {
    let pulled = 0;
    const endless = new Observable<RoundEvent>((subscriber) => {
      for (const event of [fromClaude.s, fromClaude.o]) subscriber.next(event);
      while (!subscriber.closed && pulled < 1_000) {
        pulled++;
        subscriber.next(fromClaude.t);
      }
    });
    const seen = observe(apply(endless).pipe(take(atOnce)));
    expect([seen.values.length, seen.end]).toEqual([atOnce, 'complete']);
    expect(pulled).toBeLessThan(5);
  });

  marble('begins afresh for each subscriber', ({ events, flush }) => {
    const source = events('-s-o-t-c-k-i-j-K-w-m-W-|', letters);

    const out = apply(source);
    const first = observe(out);
    let second = first;
    // In the middle of the first one's text, and then of its tool.
    asyncScheduler.schedule(() => (second = observe(out)), 6);
    flush();
    expect(second).not.toBe(first);
    expect(first.values.length).toBeGreaterThan(0);
    expect(first.end).toBe('complete');
    expect(second).toEqual(first);
  });

  marble('unsubscribes from its source when what follows it throws', ({ events, flush }) => {
    const source = events('-s-o-t-t-t-t-|');

    const boom = new Error('boom');
    let left = 2;
    const explode = map(() => {
      if (--left === 0) throw boom;
    });
    const seen = observe(apply(source).pipe(explode));
    flush();
    expect(seen.error).toBe(boom);
    const until = source.subscriptions.map(({ unsubscribedFrame }) => unsubscribedFrame);
    expect(until).toEqual([seen.times.at(-1)]);
  });

  it('goes on when its subscriber throws, which is reported once', async () => {
    const boom = new Error('boom');
    const source = of<RoundEvent[]>(...claude.message(claude.textBlock('Hi')));
    const calm = observe(apply(source)).values.length;
    let heard = 0;
    const reported = await unhandledIn(() =>
      apply(source).subscribe(() => {
        if (++heard === 1) throw boom;
      }),
    );
    expect(heard).toBe(calm);
    expect(reported).toEqual([boom]);
  });

  it('changes no event, however deep', () => {
    jest.useFakeTimers();
    const { s, o, t, n, c, k, i, j, L, w, m, W } = letters;
    const whole: RoundEvent[] = [s, o, t, n, c, k, i, j, L, w, m, W];
    const before = JSON.stringify(whole);
    const seen = observe(apply(of(...whole)));
    jest.advanceTimersByTime(5);
    jest.useRealTimers();
    // The events are frozen: a write to one of them throws, and so would have failed the stream.
    expect(seen.error).toBeUndefined();
    expect(seen.end).toBe('complete');
    expect(JSON.stringify(whole)).toBe(before);
  });
});

describe.each(passing)('%s', (_, { apply }) => {
  const known = new Set<unknown>(Object.values(fromClaude));
  const ofSource: MonoTypeOperatorFunction<unknown> = filter((event) => known.has(event));

  marble('passes on at once, in order, what it does not know', ({ events, expectObservable, expectSubscriptions }) => {
    const source = events('-p-s-u-o-n-t-b-n-p-c-u-e-(um|)', letters);
    const expected = '     -p-s-u-o-n-t-b-n-p-c-u-e-(um|)';
    const subs = '         ^------------------------!    ';

    // The filter compares by identity: what comes out are the objects that went in.
    expectObservable(apply(source).pipe(ofSource)).toBe(expected, letters);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });

  marble('passes on each event before what it adds to it', ({ events, expectObservable }) => {
    const source = events('-s-k-i----j---l-a----q---w------m----', letters);
    const unsub = '        ^ 35ms                             !';
    const expected = '     -s-k-i----j---l-a----q---w------m----';

    expectObservable(apply(source).pipe(ofSource), unsub).toBe(expected, letters);
  });

  it('passes on a long reply as it came', () => {
    const { s, o, t, c, e, m } = fromClaude;
    const reply: ClaudeEvent[] = [s, o, ...Array<ClaudeEvent>(5_000).fill(t), c, e, m];
    const seen = observe(apply(of(...reply)).pipe(ofSource));
    expect(seen.end).toBe('complete');
    expect(seen.values).toHaveLength(reply.length);
    expect(seen.values.every((event, at) => event === reply[at])).toBe(true);
  });
});

describe('a callback that throws', () => {
  const boom = new Error('boom');
  const fail = () => {
    throw boom;
  };
  const calls = [fromClaude.s, fromClaude.k, fromClaude.j, ours.K, fromClaude.w, fromClaude.m, ours.W];
  const hold = (round: () => RoundEvent[], options = {}) => of(request).pipe(resumeConversation(round, options));

  it.each<[string, Observable<unknown>]>([
    ['the decode of a tool', of(ours.K).pipe(validateWith([fakeTool('weather', () => 'sunny', { decode: fail })]))],
    ['the sink of debugEvents', of(fromClaude.p).pipe(debugEvents({ sink: fail }))],
    ['the round of resumeConversation', hold(fail)],
    ['stopWhen of resumeConversation', hold(() => calls, { stopWhen: fail })],
    ['create of a client', claudeStream({ messages: { create: fail } }, request)],
    ['create of a client, within converse', converse({ messages: { create: fail } }, request)],
  ])('%s: fails the stream with what it throws', async (_, stream) => {
    const reported = await unhandledIn(() => {
      expect(observe(stream).error).toBe(boom);
    });
    expect(reported).toEqual([]);
  });

  it('the run of a tool: is an answer to Claude', () => {
    const seen = observe(
      of<RoundEvent[]>(ours.K, fromClaude.w, fromClaude.m).pipe(executeTools([fakeTool('weather', fail)])),
    );
    expect(seen.end).toBe('complete');
    const outcome = { left: { _tag: 'Threw', message: boom.message } };
    expect(seen.values.at(3)).toMatchObject({ type: 'tool_result', outcome, result: { is_error: true } });
  });

  it('the decode of a tool: fails whole conversations, too', () => {
    const client = clientOf(of<RoundEvent[]>(...claude.message(claude.toolUse('toolu_1', 'weather'))));
    const seen = observe(
      converse(client, { ...request, tools: [fakeTool('weather', () => 'sunny', { decode: fail })] }),
    );
    expect(seen.error).toBe(boom);
  });
});
