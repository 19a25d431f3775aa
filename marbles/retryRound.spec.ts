import { asyncScheduler, of, take, throwError } from 'rxjs';
import { OptionError, ProtocolError, retryRound, TimeoutGuardError, TruncatedStreamError } from '../src/index.js';
import type { RetryPolicy, RoundEvent } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { claude, ours, retried } from './support/alphabet.js';
import { frozen } from './support/frozen.js';
import { inTurn } from './support/inTurn.js';
import { observe } from './support/observe.js';
import { overloaded, refused } from './support/overloaded.js';

// R and Q are round_retry, of the first attempt that failed and of the second.
const events = frozen({ ...claude, ...ours });
const busy = overloaded();
/** Half of the longest wait, each time. */
const half: RetryPolicy = { minDelay: 4, random: () => 0.5 };

/** The waits that are announced when every attempt fails with the same error. */
function delaysOf(error: unknown, policy: RetryPolicy, at = 0): number[] {
  const delays: number[] = [];
  const failing = throwError(() => error);
  asyncScheduler.schedule(() => {
    failing.pipe(retryRound(policy)).subscribe({
      next: (event) => event.type === 'round_retry' && delays.push(event.delay),
      error: () => {},
    });
  }, at);
  return delays;
}

describe('tries a round again', () => {
  marble('that broke off in the middle of the reply', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold('-s-o-t-#                ', events, busy);
    const two = cold('         -s-o-t-c-e-m|  ', events);
    const expected = '-s-o-t-R--s-o-t-c-e-m|  ';
    const oneSubs = ' ^------!                ';
    const twoSubs = ' ---------^-----------!  ';

    expectObservable(inTurn(one, two).pipe(retryRound(half))).toBe(expected, { ...events, R: retried(1, busy, 2) });
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('that did not begin', ({ cold, expectObservable }) => {
    const one = cold('---#           ', events, busy);
    const two = cold('     -s-e-m|   ', events);
    const expected = '---R--s-e-m|   ';

    expectObservable(inTurn(one, two).pipe(retryRound(half))).toBe(expected, { ...events, R: retried(1, busy, 2) });
  });

  marble('twice unless told otherwise, and then fails as the last attempt did', ({ cold, expectObservable }) => {
    const one = cold('  -s-#              ', events, busy);
    const two = cold('       -s-o-#       ', events, refused(500));
    const three = cold('              -s-#', events, overloaded('the last one'));
    const expected = '  -s-R--s-o-Q----s-#';

    const out = inTurn(one, two, three).pipe(retryRound(half));
    const retries = { R: retried(1, busy, 2), Q: retried(2, refused(500), 4) };
    expectObservable(out).toBe(expected, { ...events, ...retries }, overloaded('the last one'));
  });

  marble('never with `retries: 0`', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold('-s-#', events, busy);
    const expected = '-s-#';
    const oneSubs = ' ^--!';

    expectObservable(one.pipe(retryRound({ ...half, retries: 0 }))).toBe(expected, events, busy);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
  });

  marble('with a count of its own for each subscriber', ({ cold, expectObservable }) => {
    const failing = cold('-s-#      ', events, busy);
    const first = '       -s-R--s-# ';
    const secondSub = '   ---^      ';
    const second = '      ----s-R--s-#';

    const out = failing.pipe(retryRound({ ...half, retries: 1 }));
    const R = retried(1, busy, 2);
    expectObservable(out).toBe(first, { ...events, R }, busy);
    expectObservable(out, secondSub).toBe(second, { ...events, R }, busy);
  });

  it('says of an error of ours which attempt it was', () => {
    jest.useFakeTimers();
    const failing = throwError(() => new TimeoutGuardError('each', 5));
    const seen = observe(failing.pipe(retryRound({ minDelay: 1 })));
    jest.advanceTimersByTime(10);
    jest.useRealTimers();
    expect(seen.values).toMatchObject([
      { attempt: 1, error: { attempt: 1 } },
      { attempt: 2, error: { attempt: 2 } },
    ]);
    expect(seen.error).toMatchObject({ _tag: 'TimeoutGuardError', attempt: 3 });
  });

  it('leaves an error of others as it is', () => {
    const error = Object.freeze(refused(400));
    expect(observe(throwError(() => error).pipe(retryRound())).error).toBe(error);
  });
});

describe('waits', () => {
  const always = { retries: 6, random: () => 1 };

  marble('up to twice as long each time, and no longer than maxDelay', ({ flush }) => {
    const usual = delaysOf(busy, always);
    const short = delaysOf(busy, { ...always, minDelay: 10, maxDelay: 35 });
    flush();
    expect(usual).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000]);
    expect(short).toEqual([10, 20, 35, 35, 35, 35]);
  });

  marble('a random part of that, from none to all', ({ flush }) => {
    const parts = [0, 0.25, 0.9999];
    const delays = delaysOf(busy, { retries: 3, random: () => parts.shift()! });
    flush();
    expect(delays).toEqual([0, 500, 4_000]);
  });

  marble('by chance unless told otherwise', ({ flush }) => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.3);
    const delays = delaysOf(busy, {});
    flush();
    random.mockRestore();
    expect(delays).toEqual([300, 600]);
  });

  marble('also where a wait has no bounds', ({ flush }) => {
    const delays = delaysOf(busy, { retries: 1, minDelay: Infinity, maxDelay: Infinity, random: () => 0 });
    flush();
    expect(delays).toEqual([0]);
  });
});

describe('obeys a server that says how long to wait:', () => {
  it.each<[Record<string, string>, RetryPolicy, number]>([
    [{ 'retry-after': '7' }, {}, 7_000],
    [{ 'retry-after': '0' }, {}, 0],
    [{ 'retry-after': '0.5' }, {}, 500],
    [{ 'retry-after-ms': '250' }, {}, 250],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, {}, 250],
    [{ 'retry-after': '61' }, {}, 60_000],
    [{ 'retry-after': '61' }, { maxRetryAfter: 5 }, 5],
    [{ 'retry-after': '61' }, { maxRetryAfter: Infinity }, 61_000],
    [{ 'retry-after-ms': '61000' }, {}, 60_000],
    // What is no time at all, or a time that is over, is not obeyed.
    [{ 'retry-after': '' }, {}, 1_000],
    [{ 'retry-after': 'soon' }, {}, 1_000],
    [{ 'retry-after': '-1' }, {}, 1_000],
    [{ 'retry-after-ms': 'soon', 'retry-after': '7' }, {}, 7_000],
  ])('%j with %j', (headers, policy, delay) => {
    jest.useFakeTimers();
    const delays = delaysOf(refused(503, headers), { retries: 1, random: () => 1, ...policy });
    jest.advanceTimersByTime(0);
    jest.useRealTimers();
    expect(delays).toEqual([delay]);
  });

  marble('a date, on the clock of the scheduler', ({ flush }) => {
    const ahead = refused(529, { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' });
    const delays = delaysOf(ahead, { retries: 1 }, 2_000);
    const over = delaysOf(ahead, { retries: 1, random: () => 1 }, 10_000);
    flush();
    expect(delays).toEqual([7_000]);
    expect(over).toEqual([1_000]);
  });

  marble('a 429 that has passed by then', ({ cold, expectObservable }) => {
    const limited = refused(429, { 'retry-after-ms': '3' });
    const one = cold('-#         ', events, limited);
    const two = cold('    -s-e-m|', events);
    const expected = '-R---s-e-m|';

    expectObservable(inTurn(one, two).pipe(retryRound())).toBe(expected, { ...events, R: retried(1, limited, 3) });
  });
});

describe('fails at once with', () => {
  it.each<[string, unknown]>([
    ['a wrong request', refused(400)],
    ['a spend limit, which is a 429 without retry-after', refused(429)],
    ['a spend limit by its code', Object.assign(refused(429, { 'retry-after': '1' }), { errorCode: 'spend_limit' })],
    ['what the server says not to try again', refused(503, { 'x-should-retry': 'false' })],
    ['an abort', new DOMException('Aborted', 'AbortError')],
    ['a reply that takes longer than its total limit', new TimeoutGuardError('total', 5)],
    ['events that cannot be', new ProtocolError('What is this?')],
    ['a value that is no error', 'boom'],
  ])('%s', (_, error) => {
    const seen = observe(throwError(() => error).pipe(retryRound()));
    expect(seen).toMatchObject({ values: [], end: 'error' });
    expect(seen.error).toBe(error);
  });

  marble('what comes after a tool has been started, for it would be run again', ({ cold, expectObservable }) => {
    const one = cold('-s-K-w-S-#', events, busy);
    const expected = '-s-K-w-S-#';

    expectObservable(one.pipe(retryRound(half))).toBe(expected, events, busy);
  });

  marble('what comes after a tool was started in a second attempt', ({ cold, expectObservable }) => {
    const one = cold('-s-K-#              ', events, busy);
    const two = cold('       -s-K-w-S-#   ', events, busy);
    const expected = '-s-K-R--s-K-w-S-#   ';

    const out = inTurn(one, two).pipe(retryRound(half));
    expectObservable(out).toBe(expected, { ...events, R: retried(1, busy, 2) }, busy);
  });
});

describe('`retryWhen`', () => {
  const truncated = () => new TruncatedStreamError({ events: 1, lastEvent: 'ping' });

  it('decides alone, by the error and the number of the attempt', () => {
    jest.useFakeTimers();
    const retryWhen = jest.fn((_: unknown, attempt: number) => attempt < 3);
    const seen = observe(throwError(() => 'boom').pipe(retryRound({ retries: 9, minDelay: 1, retryWhen })));
    jest.advanceTimersByTime(20);
    jest.useRealTimers();
    expect(retryWhen.mock.calls).toEqual([
      ['boom', 1],
      ['boom', 2],
      ['boom', 3],
    ]);
    expect(seen).toMatchObject({ values: [{ attempt: 1 }, { attempt: 2 }], end: 'error', error: 'boom' });
  });

  it('is not asked once there are no retries left', () => {
    const retryWhen = jest.fn(() => true);
    expect(observe(throwError(truncated).pipe(retryRound({ retries: 0, retryWhen }))).end).toBe('error');
    expect(retryWhen).not.toHaveBeenCalled();
  });

  it.each(['retryWhen', 'random'])('fails the stream with what it, or `%s`, throws', (name) => {
    const bug = new Error('bug');
    const fail = () => {
      throw bug;
    };
    expect(observe(throwError(truncated).pipe(retryRound({ [name]: fail }))).error).toBe(bug);
  });
});

describe('lets go', () => {
  marble('of the attempt that runs', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold('-s-#            ', events, busy);
    const two = cold('     -s-o-t-c-e-m|', events);
    const unsub = '   ---------!      ';
    const expected = '-s-R--s-o-      ';
    const twoSubs = ' -----^---!      ';

    const out = inTurn(one, two).pipe(retryRound(half));
    expectObservable(out, unsub).toBe(expected, { ...events, R: retried(1, busy, 2) });
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('in the wait: nothing more is sent', ({ cold, expectObservable, expectSubscriptions }) => {
    const one = cold('-s-#      ', events, busy);
    const unsub = '   -----!    ';
    const expected = '-s-R--    ';
    const oneSubs = ' ^--!      ';

    const out = one.pipe(retryRound({ ...half, minDelay: 8 }));
    expectObservable(out, unsub).toBe(expected, { ...events, R: retried(1, busy, 4) });
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
  });

  it('without a timer left behind', () => {
    jest.useFakeTimers();
    const failing = throwError(() => busy);
    const waiting = failing.pipe(retryRound()).subscribe();
    const inTheWait = jest.getTimerCount();
    waiting.unsubscribe();
    const left = observe(failing.pipe(retryRound(), take(1)));
    const afterwards = jest.getTimerCount();
    jest.useRealTimers();
    expect(left).toMatchObject({ values: [{ type: 'round_retry' }], end: 'complete' });
    expect([inTheWait, afterwards]).toEqual([1, 0]);
  });
});

it.each<[keyof RetryPolicy, unknown[]]>([
  ['retries', [-1, 1.5, NaN, '2', null]],
  ['minDelay', [0, -1, NaN, '5', null, 2 ** 31]],
  ['maxDelay', [0, -1, NaN, '5', null, 2 ** 31]],
  ['maxRetryAfter', [0, -1, NaN, '5', null, 2 ** 31]],
])('refuses a bad `%s` at once', (option, values) => {
  for (const value of values) {
    const refusing = () => retryRound({ [option]: value });
    expect(refusing).toThrow(OptionError);
    expect(refusing).toThrow(`retryRound.${option}`);
  }
});

it('does not mind a source that ends well at the first attempt', () => {
  expect(observe(of<RoundEvent[]>(claude.s, claude.e, claude.m).pipe(retryRound()))).toMatchObject({
    values: [claude.s, claude.e, claude.m],
    end: 'complete',
  });
});
