import { expectTypeOf } from 'expect-type';
import {
  EMPTY,
  from,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  throwError,
  toArray,
  type ObservableInput,
} from 'rxjs';
import { boundedConcatMap } from '../../operators/boundedConcatMap.js';
import { ofType, type RoundEvent, type ToolCallEvent } from '../../src/index.js';
import { added, claude, marble } from '../index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { limitError, tagged } from '../../test/support/errors.js';

/** What Claude says: 1, 2, 3 and 4 are pieces of text, each its own digit, and each counts 10 characters. */
const pieces = frozen({
  1: claude.text('1', 0),
  2: claude.text('2', 0),
  3: claude.text('3', 0),
  4: claude.text('4', 0),
});
const { 1: one, 2: two, 3: three } = pieces;
const boom = new Error('boom');

const textOf = (event: RoundEvent): string => ('delta' in event && 'text' in event.delta ? event.delta.text : '?');
const tooMuch = (maximum: number, found: number): Error => {
  const what = 'Too many characters wait for a slow consumer';
  return limitError('maxBufferedChars', maximum, what, { found, remedy: 'consume faster' });
};

/**
 * A source, a consumer that takes its time for each event and then, where its diagram has x, emits the event's text,
 * and what comes out: the texts.
 */
interface Case {
  readonly source: string;
  readonly consumer?: string;
  readonly maxBufferedChars?: number;
  readonly unsub?: string;
  readonly expected: string;
  readonly error?: unknown;
  readonly sourceSubs: string;
  readonly consumerSubs: string[];
}

function consumes(behaviour: string, spec: Case): void {
  const { source, consumer = '---x|', maxBufferedChars = Infinity, unsub, expected, error = boom } = spec;
  marble(behaviour, ({ reply, cold, expectObservable, expectSubscriptions }) => {
    const claude = reply(source, { ...pieces, '#': boom });
    const work = cold(consumer, undefined, boom);
    const project = (event: RoundEvent) => work.pipe(map(() => textOf(event)));

    const out = claude.pipe(boundedConcatMap(project, { maxBufferedChars }));
    expectObservable(out, unsub).toBe(expected, undefined, error);
    expectSubscriptions(claude.subscriptions).toBe(spec.sourceSubs);
    expectSubscriptions(work.subscriptions).toBe(spec.consumerSubs);
  });
}

describe('a slow consumer', () => {
  consumes('gets one event after the other, and completes after the last', {
    source: '       -12-----3|    ',
    expected: '     ----1---2---3|',
    sourceSubs: '   ^--------!    ',
    consumerSubs: ['-^---!', '-----^---!', '---------^---!'],
  });
  consumes('gets every event before the error', {
    source: '       -12#      ',
    expected: '     ----1---2#',
    sourceSubs: '   ^--!      ',
    consumerSubs: ['-^---!', '-----^---!'],
  });
  consumes('stops everything when it fails', {
    source: '       -12----',
    consumer: '      --#   ',
    expected: '     ---#   ',
    sourceSubs: '   ^--!   ',
    consumerSubs: ['-^-!'],
  });
  consumes('ends together with the source', {
    source: '       -123---',
    unsub: '        ^-----!',
    expected: '     ----1--',
    sourceSubs: '   ^-----!',
    consumerSubs: ['-^---!', '-----^!'],
  });
});

describe('a fast consumer', () => {
  consumes('does not make anything wait', {
    source: '       -12--3---|',
    consumer: '     (x|)      ',
    maxBufferedChars: 1,
    expected: '     -12--3---|',
    sourceSubs: '   ^--------!',
    consumerSubs: ['-(^!)', '--(^!)', '-----(^!)'],
  });
  consumes('gets the error at once', {
    source: '       -1------#',
    expected: '     ----1---#',
    sourceSubs: '   ^-------!',
    consumerSubs: ['-^---!'],
  });
});

describe('what waits', () => {
  consumes('is bounded: beyond it the stream fails, and unsubscribes from the source and the consumer', {
    source: '       -1234---',
    maxBufferedChars: 20,
    expected: '     ----#   ',
    error: tooMuch(20, 30),
    sourceSubs: '   ^---!   ',
    consumerSubs: ['-^--!'],
  });
  consumes('does not include what has been consumed', {
    source: '       -123--4----|      ',
    maxBufferedChars: 20,
    expected: '     ----1---2---3---4|',
    sourceSubs: '   ^----------!      ',
    consumerSubs: ['-^---!', '-----^---!', '---------^---!', '-------------^---!'],
  });

  const long = claude.text('x'.repeat(10_000_000), 0);
  it.each<[string, RoundEvent[], 'error' | undefined]>([
    ['not the event that is being consumed', [long, long], undefined],
    ['each further character', [long, long, one], 'error'],
    ['events without text', [one, ...Array<RoundEvent>(100_001).fill(claude.ping())], 'error'],
    ['not more than is allowed', [one, ...Array<RoundEvent>(100_000).fill(claude.ping())], undefined],
  ])('is 10 000 000 characters by default: it counts %s', (_, source, end) => {
    const seen = observe(
      new Observable<RoundEvent>((subscriber) => {
        for (const event of source) subscriber.next(event);
      }).pipe(boundedConcatMap(() => NEVER)),
    );
    expect(seen.end).toBe(end);
  });

  it('is told when it is too much, with what to do', () => {
    const seen = observe(of(one, two, three).pipe(boundedConcatMap(() => NEVER, { maxBufferedChars: 15 })));
    expect(seen.error).toMatchObject({ _tag: 'LimitError', limit: 'maxBufferedChars', maximum: 15, found: 20 });
    expect(String(seen.error)).toMatch(/at most 15, found 20\. Raise `maxBufferedChars`, or consume faster\.$/);
  });

  it('unsubscribes from the source first when it is too much', () => {
    const log: string[] = [];
    const claude = new Subject<RoundEvent>();
    const source = new Observable<RoundEvent>((subscriber) => {
      const subscription = claude.subscribe(subscriber);
      return () => {
        log.push('source');
        subscription.unsubscribe();
      };
    });
    source.pipe(boundedConcatMap(() => NEVER, { maxBufferedChars: 1 })).subscribe({ error: () => log.push('error') });
    claude.next(one);
    claude.next(two);
    expect(log).toEqual(['source', 'error']);
  });

  it('stops a source that emits all at once', () => {
    let pulled = 0;
    const endless = new Observable<RoundEvent>((subscriber) => {
      for (; !subscriber.closed && pulled < 1_000; pulled++) subscriber.next(one);
    });
    const seen = observe(endless.pipe(boundedConcatMap(() => NEVER, { maxBufferedChars: 30 })));
    expect(seen.error).toEqual(tooMuch(30, 40));
    expect(pulled).toBe(5);
  });

  it('is consumed without a stack of calls, however much it is', () => {
    const gate = new Subject<string>();
    const many = 50_000;
    const project = (_: RoundEvent, index: number) => (index === 0 ? gate : of('x'));
    const seen = observe(from(Array<RoundEvent>(many).fill(one)).pipe(boundedConcatMap(project)));
    gate.complete();
    expect([seen.values.length, seen.end]).toEqual([many - 1, 'complete']);
  });
});

describe('project', () => {
  it('may return whatever rxjs can read, and is told the index', async () => {
    const returned: ObservableInput<string>[] = [Promise.resolve('p'), ['i', 'j'], of('o'), EMPTY];
    const out = of(one, one, one, one).pipe(boundedConcatMap((_, index) => returned[index]!));
    const seen = await lastValueFrom(out.pipe(toArray()));
    expect(seen).toEqual(['p', 'i', 'j', 'o']);
  });

  it.each([0, 1])('fails the stream with what it throws, at event %d', (at) => {
    const gate = new Subject<string>();
    const seen = observe(
      of(one, two).pipe(
        boundedConcatMap((_, index) => {
          if (index === at) throw boom;
          return gate;
        }),
      ),
    );
    gate.complete();
    expect(seen).toMatchObject({ values: [], error: boom });
  });

  it('may make the source emit', () => {
    const claude = new Subject<RoundEvent>();
    const seen = observe(
      claude.pipe(
        boundedConcatMap((event, index) => {
          if (index < 3) claude.next(event === one ? two : one);
          else claude.complete();
          return of(`${textOf(event)}a`, `${textOf(event)}b`);
        }),
      ),
    );
    claude.next(one);
    expect(seen).toMatchObject({ values: ['1a', '1b', '2a', '2b', '1a', '1b', '2a', '2b'], end: 'complete' });
  });

  it('is not called for what waits when its subscriber has left', () => {
    const gate = new Subject<string>();
    let calls = 0;
    const project = () => (++calls === 1 ? gate : of('x', 'y'));
    const seen = observe(of(one, two, three).pipe(boundedConcatMap(project), take(1)));
    gate.complete();
    expect(seen).toMatchObject({ values: ['x'], end: 'complete' });
    expect(calls).toBe(2);
  });

  it('knows which events the source has', () => {
    const names = of<RoundEvent>(added.toolCall('toolu_1', 'weather')).pipe(
      ofType('tool_call'),
      boundedConcatMap((call) => {
        expectTypeOf(call).toEqualTypeOf<ToolCallEvent>();
        return [call.name];
      }),
    );
    expectTypeOf(names).toEqualTypeOf<Observable<string>>();
    expect(observe(names).values).toEqual(['weather']);
  });
});

it('fails with the error of its source itself', () => {
  expect(observe(throwError(() => boom).pipe(boundedConcatMap(() => EMPTY))).error).toBe(boom);
});

it('begins afresh for each subscriber', () => {
  const out = of(one, two).pipe(boundedConcatMap((event, index) => of(`${textOf(event)} at ${index}`)));
  expect([observe(out).values, observe(out).values]).toEqual([
    ['1 at 0', '2 at 1'],
    ['1 at 0', '2 at 1'],
  ]);
});

it.each([0, -1, 1.5, NaN, '5', null])('refuses %p as maxBufferedChars at once', (value) => {
  const refused = () => boundedConcatMap(() => EMPTY, { maxBufferedChars: value as number });
  expect(refused).toThrow(tagged('OptionError'));
  expect(refused).toThrow('boundedConcatMap.maxBufferedChars');
});
