import {
  asyncScheduler,
  catchError,
  concatMap,
  defer,
  EMPTY,
  from,
  map,
  mergeMap,
  NEVER,
  Observable,
  of,
  retry,
  take,
  takeUntil,
  throwError,
} from 'rxjs';
import { circuitBreaker } from '../../operators/circuitBreaker.js';
import { createBreaker, type Breaker, type BreakerOptions } from '../../operators/createBreaker.js';
import type { BreakerState } from '../../src/retry/breakerState.js';
import { apiError, marble, type MarbleHelpers } from '../index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { circuitOpenError, tagged } from '../../test/support/errors.js';
import { RxClaudeError } from '../../src/index.js';

// A breaker takes streams of any values, so these diagrams have their own letters, explained below.

const overloaded = apiError('overloaded_error', { status: 529 });
const badRequest = apiError('invalid_request_error', { status: 400 });
const aborted = new DOMException('Aborted.', 'AbortError');

/** Three failures open the breakers of the diagrams, for ten milliseconds. */
const options: BreakerOptions = { failures: 3, openFor: 10 };

const closed = (failures: number): BreakerState => ({ _tag: 'Closed', failures });
const open = (until: number, failures = 3): BreakerState => ({ _tag: 'Open', failures, until });
const halfOpen = (failures = 3): BreakerState => ({ _tag: 'HalfOpen', failures });
/** The states of a breaker: 0, 1 and 2 closed, after so many failures in a row; O open; H half open, with a probe. */
const states = frozen({ 0: closed(0), 1: closed(1), 2: closed(2), O: open(15), H: halfOpen() });

const failing = throwError(() => overloaded);

/** A breaker that was opened in this frame. */
function openBreaker(more: BreakerOptions = {}): Breaker {
  const breaker = createBreaker({ ...options, ...more });
  for (let failure = 0; failure < 3; failure++) observe(failing.pipe(circuitBreaker(breaker)));
  return breaker;
}

/**
 * What comes out of streams that begin where `starts` has their letter: their values, and a letter for their error.
 *
 * ```text
 * starts  X fails at once; x fails, b is refused, n is aborted, c completes: each after 4 ms;
 *         v emits v after 1 ms and completes after 4, w emits w after 5 and 7 ms and completes after 8
 * out     v, w their values; X the error of X and of x, B that of b, N that of n; R it was not let through
 * ```
 */
function outcomes({ cold, hot }: MarbleHelpers, breaker: Breaker, starts: string): Observable<string> {
  const sources: Readonly<Record<string, Observable<string>>> = {
    X: failing,
    x: cold('----#', undefined, overloaded),
    b: cold('----#', undefined, badRequest),
    n: cold('----#', undefined, aborted),
    c: cold('----|'),
    v: cold('-v--|'),
    w: cold('-----w-w|'),
  };
  const letters = new Map<unknown, string>([
    [overloaded, 'X'],
    [badRequest, 'B'],
    [aborted, 'N'],
  ]);
  const letterOf = (error: unknown): string =>
    letters.get(error) ?? (RxClaudeError.is(error, 'CircuitOpenError') ? 'R' : '?');
  const run = (letter: string): Observable<string> =>
    sources[letter]!.pipe(
      circuitBreaker(breaker),
      catchError((error: unknown) => of(letterOf(error))),
    );
  return hot(starts).pipe(mergeMap(run));
}

/** Streams that begin, what comes out of them, and the states of the breaker. */
interface Case {
  readonly starts: string;
  readonly expected: string;
  readonly state: string;
  /** States of this case only: others that are open or half open. */
  readonly values?: Readonly<Record<string, BreakerState>>;
}

function breaks(behaviour: string, { starts, expected, state, values }: Case): void {
  marble(behaviour, (helpers) => {
    const breaker = createBreaker(options);
    helpers.expectObservable(outcomes(helpers, breaker, starts)).toBe(expected);
    helpers.expectObservable(breaker.state$).toBe(state, { ...states, ...values });
  });
}

describe('closed', () => {
  breaks('lets everything through', {
    starts: '  -v---v----',
    expected: '--v---v---',
    state: '   0---------',
  });
  breaks('counts failures, and passes them on', {
    starts: '  -X--x-----',
    expected: '-X------X-',
    state: '   01------2-',
  });
  breaks('starts counting again when a stream completes', {
    starts: '  -X-X-c----X-X-',
    expected: '-X-X------X-X-',
    state: '   01-2-----01-2-',
  });
  breaks('does not count other errors, nor takes them for success', {
    starts: '  -X-X-b---n----X----',
    expected: '-X-X-----B---NX----',
    state: '   01-2----------O----',
    values: { O: open(24) },
  });
});

describe('open', () => {
  breaks('lets nothing through until the time is up', {
    starts: '  -X-X-X-c-v---c-cc   ',
    expected: '-X-X-X-R-R---R--R---',
    state: '   01-2-O---------H---0',
  });
  breaks('lets streams go on that began before, and does not care how they end', {
    starts: '  -XwXxX-----c---c    ',
    expected: '-X-X-X-wXw-R--------',
    state: '   01-2-O---------H---0',
  });

  marble('does not subscribe to the source', ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('a');

    expectObservable(source.pipe(circuitBreaker(openBreaker()))).toBe('#', undefined, circuitOpenError(10, 10));
    expectSubscriptions(source.subscriptions).toBe([]);
  });

  marble('says when it will try again: at once, as far as is known, while a probe is under way', ({ flush }) => {
    const breaker = openBreaker();
    const errors: unknown[] = [];
    const start = () => errors.push(observe(NEVER.pipe(circuitBreaker(breaker))).error);
    for (const frame of [4, 9, 10, 11]) asyncScheduler.schedule(start, frame);
    flush();
    expect(errors).toMatchObject([
      { _tag: 'CircuitOpenError', retryAt: 10, retryIn: 6 },
      { _tag: 'CircuitOpenError', retryAt: 10, retryIn: 1 },
      undefined,
      { _tag: 'CircuitOpenError', retryAt: 11, retryIn: 0 },
    ] as object[]);
  });
});

describe('half open', () => {
  breaks('closes when the probe completes', {
    starts: '  -X-X-X---------c-------v--',
    expected: '-X-X-X------------------v-',
    state: '   01-2-O---------H---0------',
  });
  breaks('opens for the whole time when the probe fails', {
    starts: '  -X-X-X---------x-c--c--------c----',
    expected: '-X-X-X-----------R-XR-------------',
    state: '   01-2-O---------H---P---------I---0',
    values: { P: open(29, 4), I: halfOpen(4) },
  });
  breaks('closes when the probe is refused, for the API has answered', {
    starts: '  -X-X-X---------b-----v--',
    expected: '-X-X-X-------------B--v-',
    state: '   01-2-O---------H---0----',
  });
  breaks('makes the next stream the probe when this one says nothing about the API', {
    starts: '  -X-X-X---------n-----c----',
    expected: '-X-X-X-------------N------',
    state: '   01-2-O---------H---Q-H---0',
    values: { Q: open(19) },
  });
  breaks('lets one through, of several in the same frame', {
    starts: '  -X-X-X---------(ccc)',
    expected: '-X-X-X---------(RR) ',
    state: '   01-2-O---------H---0',
  });
  breaks('does not wait for a probe that does not come', {
    starts: '  -X-X-X------------------------c----',
    expected: '-X-X-X-----------------------------',
    state: '   01-2-O------------------------H---0',
  });

  marble('makes the next stream the probe when this one is unsubscribed', (helpers) => {
    const { cold, expectObservable, expectSubscriptions } = helpers;
    const breaker = openBreaker();
    const source = cold('          -a-a-a-|');
    const one = '        ----------^--!       ';
    const two = '        ---------------^-----';
    const twoSubs = '    ---------------^------!';
    const state = '      O---------H--P-H------0';

    const guarded = source.pipe(circuitBreaker(breaker));
    expectObservable(guarded, one).toBe('-----------a--');
    expectObservable(guarded, two).toBe('----------------a-a-a-|');
    expectSubscriptions(source.subscriptions).toBe([one, twoSubs]);
    expectObservable(breaker.state$).toBe(state, { 0: closed(0), O: open(10), P: open(13), H: halfOpen() });
  });
});

describe('what goes through', () => {
  it('fails with the error of its source itself', () => {
    expect(observe(failing.pipe(circuitBreaker(createBreaker()))).error).toBe(overloaded);
  });

  marble('asks the breaker again at each retry', ({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('-a-#         ', undefined, overloaded);
    //                      -a-#
    //                         -a-#
    const expected = '   -a--a--a-#   ';
    const subs = ['      ^--!', '---^--!', '------^--!'];

    const guarded = source.pipe(circuitBreaker(createBreaker(options)), retry(5));
    expectObservable(guarded).toBe(expected, undefined, circuitOpenError(19, 10));
    expectSubscriptions(source.subscriptions).toBe(subs);
  });

  marble(
    'unsubscribes from its source when it is left in the middle',
    ({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-c-|');
      const unsub = '     ^---!   ';

      expectObservable(source.pipe(circuitBreaker(createBreaker())), unsub).toBe('-a-b-');
      expectSubscriptions(source.subscriptions).toBe(unsub);
    },
  );

  it('unsubscribes from a source that emits all at once, and then frees the place of the probe', () => {
    jest.useFakeTimers();
    const breaker = openBreaker();
    jest.advanceTimersByTime(10);
    let pulled = 0;
    const endless = new Observable<number>((subscriber) => {
      while (!subscriber.closed && pulled < 1_000) subscriber.next(pulled++);
    });
    // The second one begins while the first one's source has not even returned.
    const seen = observe(of(1, 2).pipe(concatMap(() => endless.pipe(circuitBreaker(breaker), take(2)))));
    jest.useRealTimers();
    expect(seen).toMatchObject({ values: [0, 1, 2, 3], end: 'complete' });
  });

  it('unsubscribes from the source of a probe before the next one can begin', () => {
    jest.useFakeTimers();
    const breaker = openBreaker();
    jest.advanceTimersByTime(10);
    const log: string[] = [];
    const source = new Observable(() => () => log.push('source'));
    const probe = source.pipe(circuitBreaker(breaker)).subscribe();
    breaker.state$.subscribe(({ _tag }) => log.push(_tag));
    probe.unsubscribe();
    jest.useRealTimers();
    expect(log).toEqual(['HalfOpen', 'source', 'Open']);
  });

  it('changes its state before it hands on the end of a stream', () => {
    const breaker = createBreaker({ failures: 1 });
    const again = failing.pipe(
      circuitBreaker(breaker),
      catchError(() => of('again').pipe(circuitBreaker(breaker))),
    );
    expect(observe(again).error).toEqual(tagged('CircuitOpenError'));
  });

  it('fails with what countsAsFailure throws, and then the place of the probe is free', () => {
    const boom = new Error('boom');
    jest.useFakeTimers();
    let calls = 0;
    const countsAsFailure = () => {
      if (++calls > 3) throw boom;
      return true;
    };
    const breaker = openBreaker({ countsAsFailure });
    jest.advanceTimersByTime(10);
    const seen = observe(failing.pipe(circuitBreaker(breaker)));
    const state = observe(breaker.state$.pipe(take(1))).values;
    const next = observe(of('next').pipe(circuitBreaker(breaker)));
    jest.useRealTimers();
    expect(seen.error).toBe(boom);
    expect(state).toMatchObject([{ _tag: 'Open', failures: 3 }]);
    expect(next.end).toBe('complete');
  });

  it('counts once, whatever is said of it', () => {
    const breaker = createBreaker(options);
    const { values } = observe(breaker.state$);
    const pass = breaker.enter();
    pass.failed(overloaded);
    pass.failed(overloaded);
    pass.completed();
    pass.left();
    expect(values).toEqual([closed(0), closed(1)]);
  });

  it('counts as failure what it is told to', () => {
    const breaker = createBreaker({ failures: 1, countsAsFailure: (error) => error === aborted });
    const states: BreakerState[] = [];
    breaker.state$.subscribe((state) => states.push(state));
    for (const error of [overloaded, aborted]) observe(throwError(() => error).pipe(circuitBreaker(breaker)));
    expect(states).toMatchObject([closed(0), { _tag: 'Open', failures: 1 }]);
  });
});

describe('several breakers', () => {
  it('know nothing of each other', () => {
    const [one, two] = [openBreaker(), createBreaker(options)];
    expect(observe(of('a').pipe(circuitBreaker(one))).end).toBe('error');
    expect(observe(of('a').pipe(circuitBreaker(two))).end).toBe('complete');
  });

  marble('do not count what another one has refused, nor close by it', ({ flush }) => {
    const outer = openBreaker({ countsAsFailure: () => true });
    const inner = openBreaker({ openFor: 30 });
    const seen = observe(outer.state$);
    const start = () => observe(of('a').pipe(circuitBreaker(inner), circuitBreaker(outer)));
    for (const frame of [20, 30]) asyncScheduler.schedule(start, frame);
    flush();
    expect(seen.values).toEqual([open(10), halfOpen(), open(20), halfOpen(), closed(0)]);
    expect(seen.times).toEqual([0, 20, 20, 30, 30]);
  });
});

describe('state$', () => {
  it('begins with the state of now for each subscriber, and never ends', () => {
    const breaker = createBreaker(options);
    const first = observe(breaker.state$);
    observe(failing.pipe(circuitBreaker(breaker)));
    const second = observe(breaker.state$);
    const left = observe(breaker.state$.pipe(take(1)));
    observe(EMPTY.pipe(circuitBreaker(breaker)));
    expect(first).toMatchObject({ values: [closed(0), closed(1), closed(0)] });
    expect(second).toMatchObject({ values: [closed(1), closed(0)] });
    expect(left).toMatchObject({ values: [closed(1)] });
    expect([first.end, second.end]).toEqual([undefined, undefined]);
  });

  it('says nothing while nothing changes', () => {
    const breaker = createBreaker(options);
    const seen = observe(breaker.state$);
    for (const source of [of('a'), EMPTY, throwError(() => badRequest)]) observe(source.pipe(circuitBreaker(breaker)));
    expect(seen.values).toEqual([closed(0)]);
  });

  it('shows its changes to all in one order, even to one whom a change has brought', () => {
    const breaker = createBreaker({ ...options, failures: 9 });
    const fail = () => observe(failing.pipe(circuitBreaker(breaker)));
    let late: BreakerState[] = [];
    breaker.state$.subscribe(({ failures }) => {
      if (failures === 1) {
        fail();
        late = observe(breaker.state$).values;
        fail();
      }
    });
    const { values } = observe(breaker.state$);
    fail();
    expect(values).toEqual([closed(0), closed(1), closed(2), closed(3)]);
    expect(late).toEqual([closed(1), closed(2), closed(3)]);
  });

  it('may lead to a stream at each change', () => {
    jest.useFakeTimers();
    const breaker = createBreaker({ failures: 1, openFor: 10 });
    const log: string[] = [];
    breaker.state$.subscribe(({ _tag }) => {
      log.push(`${_tag} ${String(observe(of('a').pipe(circuitBreaker(breaker))).end)}`);
    });
    observe(failing.pipe(circuitBreaker(breaker)));
    jest.advanceTimersByTime(10);
    observe(of('a').pipe(circuitBreaker(breaker)));
    jest.useRealTimers();
    expect(log).toEqual(['Closed complete', 'Open error', 'HalfOpen error', 'Closed complete']);
  });

  it('may lead to the end of the probe before it has begun', () => {
    jest.useFakeTimers();
    const breaker = openBreaker();
    jest.advanceTimersByTime(10);
    const halfOpened = new Observable<void>((notifier) =>
      breaker.state$.subscribe(({ _tag }) => {
        if (_tag === 'HalfOpen') notifier.next();
      }),
    );
    let begun = 0;
    const source = defer(() => from([++begun]));
    const seen = observe(source.pipe(circuitBreaker(breaker), takeUntil(halfOpened)));
    const next = observe(source.pipe(circuitBreaker(breaker)));
    jest.useRealTimers();
    expect(seen).toMatchObject({ values: [], end: 'complete' });
    expect(next).toMatchObject({ values: [1], end: 'complete' });
  });
});

it('keeps no timer', () => {
  jest.useFakeTimers();
  const breaker = openBreaker();
  observe(breaker.state$);
  const probes = of(1, 2).pipe(map(() => observe(NEVER.pipe(circuitBreaker(breaker)))));
  observe(probes);
  jest.advanceTimersByTime(10);
  observe(probes);
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

describe.each(['failures', 'openFor'])('%s', (option) => {
  it.each([0, -1, NaN, '5', null])('refuses %p at once', (value) => {
    const refused = () => createBreaker({ [option]: value });
    expect(refused).toThrow(tagged('OptionError'));
    expect(refused).toThrow(`createBreaker.${option}`);
  });
});
