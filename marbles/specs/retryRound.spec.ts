import { asyncScheduler, of, take, throwError } from 'rxjs';
import { retryRound } from '../../src/index.js';
import type { RetryPolicy, RoundEvent } from '../../src/index.js';
import { added, apiError, claude, marble } from '../index.js';
import { inTurn } from './support/inTurn.js';
import { observe } from './support/observe.js';
import { overloaded, refused } from './support/overloaded.js';
import { protocolError, tagged, timeoutGuardError, truncatedStreamError } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  c content_block_stop  w message_delta with stop_reason tool_use
// e message_delta with stop_reason end_turn  m message_stop  R round_retry  K tool_call  S tool_start
//
// Where a diagram of a reply ends with #, it is an `overloaded_error`, unless the test says otherwise.

/** A call to `weather`, and its start. */
const weather = added.toolCall('toolu_1', 'weather', { city: 'Oslo' });
const call = { K: weather, S: added.toolStart(weather) };
/** The API is overloaded, as the SDK says it. */
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
  marble('that broke off in the middle of the reply', ({ reply, expectEvents, expectSubscriptions }) => {
    const one = reply('-s-o-t-#              ');
    const two = reply('         -s-o-t-c-e-m|');
    const expected = ' -s-o-t-R--s-o-t-c-e-m|';
    const oneSubs = '  ^------!              ';
    const twoSubs = '  ---------^-----------!';

    expectEvents(inTurn(one, two).pipe(retryRound(half))).toBe(expected, { R: added.roundRetry(1, apiError(), 2) });
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('that did not begin', ({ reply, expectEvents }) => {
    const one = reply('---#        ');
    const two = reply('     -s-e-m|');
    const expected = ' ---R--s-e-m|';

    expectEvents(inTurn(one, two).pipe(retryRound(half))).toBe(expected, { R: added.roundRetry(1, apiError(), 2) });
  });

  marble('twice unless told otherwise, and then fails as the last attempt did', ({ reply, expectEvents }) => {
    const refusal = refused(500);
    const last = apiError('overloaded_error', { message: 'the last one' });
    const one = reply('  -s-#              ');
    const two = reply('       -s-o-#       ', { '#': refusal });
    const three = reply('              -s-#', { '#': last });
    const expected = '   -s-R--s-o-Q----s-#';

    const out = inTurn(one, two, three).pipe(retryRound(half));
    const retries = { R: added.roundRetry(1, apiError(), 2), Q: added.roundRetry(2, refusal, 4) };
    expectEvents(out).toBe(expected, { ...retries, '#': last });
  });

  marble('never with `retries: 0`', ({ reply, expectEvents, expectSubscriptions }) => {
    const one = reply('-s-#');
    const expected = ' -s-#';
    const oneSubs = '  ^--!';

    expectEvents(one.pipe(retryRound({ ...half, retries: 0 }))).toBe(expected, { '#': apiError() });
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
  });

  marble('with a count of its own for each subscriber', ({ reply, expectEvents }) => {
    const failing = reply('-s-#        ');
    const first = '        -s-R--s-#   ';
    const secondSub = '    ---^        ';
    const second = '       ----s-R--s-#';

    const out = failing.pipe(retryRound({ ...half, retries: 1 }));
    const values = { R: added.roundRetry(1, apiError(), 2), '#': apiError() };
    expectEvents(out).toBe(first, values);
    expectEvents(out, secondSub).toBe(second, values);
  });

  it('says of an error of ours which attempt it was', () => {
    jest.useFakeTimers();
    const failing = throwError(() => timeoutGuardError('each', 5));
    const seen = observe(failing.pipe(retryRound({ minDelay: 1 })));
    jest.advanceTimersByTime(10);
    jest.useRealTimers();
    expect(seen.values).toMatchObject([
      { attempt: 1, error: { attempt: 1 } },
      { attempt: 2, error: { attempt: 2 } },
    ]);
    expect(seen.error).toMatchObject({ _tag: 'TimeoutGuardError', attempt: 3 });
  });

  it('passes other errors on as they are', () => {
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

  marble('a 429 that has passed by then', ({ reply, expectEvents }) => {
    const limited = refused(429, { 'retry-after-ms': '3' });
    const one = reply('-#         ', { '#': limited });
    const two = reply('    -s-e-m|');
    const expected = ' -R---s-e-m|';

    expectEvents(inTurn(one, two).pipe(retryRound())).toBe(expected, { R: added.roundRetry(1, limited, 3) });
  });
});

describe('fails at once with', () => {
  it.each<[string, unknown]>([
    ['a wrong request', refused(400)],
    ['a spend limit, which is a 429 without retry-after', refused(429)],
    ['a spend limit by its code', Object.assign(refused(429, { 'retry-after': '1' }), { errorCode: 'spend_limit' })],
    ['what the server says not to try again', refused(503, { 'x-should-retry': 'false' })],
    ['an abort', new DOMException('Aborted', 'AbortError')],
    ['a reply that takes longer than its total limit', timeoutGuardError('total', 5)],
    ['events that cannot be', protocolError('What is this?')],
    ['a value that is no error', 'boom'],
  ])('%s', (_, error) => {
    const seen = observe(throwError(() => error).pipe(retryRound()));
    expect(seen).toMatchObject({ values: [], end: 'error' });
    expect(seen.error).toBe(error);
  });

  marble('what comes after a tool has been started, for it would be run again', ({ events, expectEvents }) => {
    const one = events('-s-K-w-S-#', call);
    const expected = '  -s-K-w-S-#';

    expectEvents(one.pipe(retryRound(half))).toBe(expected, { ...call, '#': apiError() });
  });

  marble('what comes after a tool was started in a second attempt', ({ events, expectEvents }) => {
    const one = events('-s-K-#           ', call);
    const two = events('       -s-K-w-S-#', call);
    const expected = '  -s-K-R--s-K-w-S-#';

    const out = inTurn(one, two).pipe(retryRound(half));
    expectEvents(out).toBe(expected, { ...call, R: added.roundRetry(1, apiError(), 2), '#': apiError() });
  });
});

describe('`retryWhen`', () => {
  const truncated = () => truncatedStreamError({ events: 1, lastEvent: 'ping' });

  it('decides alone, from the error and the number of the attempt', () => {
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

describe('stops', () => {
  marble('of the attempt that runs', ({ reply, expectEvents, expectSubscriptions }) => {
    const one = reply('-s-#              ');
    const two = reply('     -s-o-t-c-e-m|');
    const unsub = '    ---------!        ';
    const expected = ' -s-R--s-o-        ';
    const twoSubs = '  -----^---!        ';

    const out = inTurn(one, two).pipe(retryRound(half));
    expectEvents(out, unsub).toBe(expected, { R: added.roundRetry(1, apiError(), 2) });
    expectSubscriptions(two.subscriptions).toBe(twoSubs);
  });

  marble('in the wait: nothing more is sent', ({ reply, expectEvents, expectSubscriptions }) => {
    const one = reply('-s-#  ');
    const unsub = '    -----!';
    const expected = ' -s-R--';
    const oneSubs = '  ^--!  ';

    const out = one.pipe(retryRound({ ...half, minDelay: 8 }));
    expectEvents(out, unsub).toBe(expected, { R: added.roundRetry(1, apiError(), 4) });
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
  });

  it('without leaving a timer', () => {
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
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow(`retryRound.${option}`);
  }
});

it('changes nothing when the first attempt succeeds', () => {
  const reply = claude.message();
  expect(observe(of<RoundEvent[]>(...reply).pipe(retryRound()))).toMatchObject({ values: [...reply], end: 'complete' });
});
