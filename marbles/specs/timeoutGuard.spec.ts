import { catchError, EMPTY, NEVER, Observable, of, retry, throwError } from 'rxjs';
import { timeoutGuard } from '../../src/index.js';
import type { TimeoutGuardOptions } from '../../operators/timeoutGuard.js';
import { marble } from '../index.js';
import { observe } from './support/observe.js';
import { tagged, timeoutGuardError } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  c content_block_stop

/** A reply that is guarded, what comes out, how long the source is subscribed to, and which limit ran out. */
interface Case {
  readonly options: TimeoutGuardOptions;
  readonly source: string;
  readonly expected: string;
  readonly subs: string;
  readonly error?: Error;
}

const first = (milliseconds: number) => timeoutGuardError('first', milliseconds);
const each = (milliseconds: number) => timeoutGuardError('each', milliseconds);
const total = (milliseconds: number) => timeoutGuardError('total', milliseconds);

function guards(behaviour: string, { options, source, expected, subs, error }: Case): void {
  marble(behaviour, ({ reply, expectEvents, expectSubscriptions }) => {
    const guarded = reply(source);
    expectEvents(guarded.pipe(timeoutGuard(options))).toBe(expected, { '#': error });
    expectSubscriptions(guarded.subscriptions).toBe(subs);
  });
}

describe('first', () => {
  guards('ends a stream that does not begin', {
    options: { first: 5 },
    source: '  ---------s',
    expected: '-----#    ',
    subs: '    ^----!    ',
    error: first(5),
  });
  guards('does not count once something came', {
    options: { first: 5 },
    source: '  ----s-----------o-------|',
    expected: '----s-----------o-------|',
    subs: '    ^-----------------------!',
  });
  guards('does not keep a stream from ending without a value', {
    options: { first: 5 },
    source: '  ---|',
    expected: '---|',
    subs: '    ^--!',
  });
  guards('may be longer than each', {
    options: { first: 9, each: 3 },
    source: '  --------s--o-------',
    expected: '--------s--o--#    ',
    subs: '    ^-------------!    ',
    error: each(3),
  });
  guards('may be shorter than each', {
    options: { first: 3, each: 9 },
    source: '  --s-------o--------------',
    expected: '--s-------o--------#     ',
    subs: '    ^------------------!     ',
    error: each(9),
  });
  guards('is each unless told otherwise', {
    options: { each: 4 },
    source: '  --------s',
    expected: '----#    ',
    subs: '    ^---!    ',
    error: first(4),
  });
  guards('may be off where each is not', {
    options: { first: Infinity, each: 3 },
    source: '  ----------s-------',
    expected: '----------s--#    ',
    subs: '    ^------------!    ',
    error: each(3),
  });
});

describe('each', () => {
  guards('starts counting again with each value', {
    options: { each: 5 },
    source: '  -s---o---t-t---c-----------o',
    expected: '-s---o---t-t---c----#       ',
    subs: '    ^-------------------!       ',
    error: each(5),
  });
  guards('counts up to the end, too', {
    options: { each: 5 },
    source: '  -s---o---------|',
    expected: '-s---o----#     ',
    subs: '    ^---------!     ',
    error: each(5),
  });
  guards('stops to count at the end', {
    options: { each: 5 },
    source: '  -s---o---|',
    expected: '-s---o---|',
    subs: '    ^--------!',
  });
  guards('lets a burst of values through', {
    options: { each: 6 },
    source: '  ---(sotc)------------',
    expected: '---(sotc)#           ',
    subs: '    ^--------!           ',
    error: each(6),
  });
});

describe('total', () => {
  guards('ends a stream that goes on and on', {
    options: { total: 8 },
    source: '  -s-o-t-t-t-t-t-t',
    expected: '-s-o-t-t#       ',
    subs: '    ^-------!       ',
    error: total(8),
  });
  guards('does not count after the end', {
    options: { total: 8 },
    source: '  -s-o-t-|',
    expected: '-s-o-t-|',
    subs: '    ^------!',
  });
  guards('leaves it to the shortest limit to end the stream', {
    options: { first: 20, each: 4, total: 8 },
    source: '  -s-----------o',
    expected: '-s---#        ',
    subs: '    ^----!        ',
    error: each(4),
  });
});

describe('no limit', () => {
  guards('lets a stream take its time', {
    options: {},
    source: '  -s 600m o 600m |',
    expected: '-s 600m o 600m |',
    subs: '    ^- 600m - 600m !',
  });
  guards('is also Infinity', {
    options: { first: Infinity, each: Infinity, total: Infinity },
    source: '  -s 600m o 600m |',
    expected: '-s 600m o 600m |',
    subs: '    ^- 600m - 600m !',
  });
});

marble('starts counting again with each subscription', ({ reply, expectEvents, expectSubscriptions }) => {
  const source = reply('-s--------  ');
  //                         -s--------
  const expected = '    -s----s---#';
  const one = '         ^----!     ';
  const two = '         -----^----!';

  expectEvents(source.pipe(timeoutGuard({ each: 4 }), retry(1))).toBe(expected, { '#': each(4) });
  expectSubscriptions(source.subscriptions).toBe([one, two]);
});

it('says which limit ran out', () => {
  jest.useFakeTimers();
  const seen = observe(NEVER.pipe(timeoutGuard({ first: 5 })));
  jest.advanceTimersByTime(5);
  jest.useRealTimers();
  expect(seen.error).toMatchObject({ _tag: 'TimeoutGuardError', limit: 'first', milliseconds: 5 });
});

it('unsubscribes from the source before it fails', () => {
  jest.useFakeTimers();
  const log: string[] = [];
  const source = new Observable(() => () => log.push('unsubscribed'));
  const caught = catchError(() => {
    log.push('failed');
    return EMPTY;
  });
  source.pipe(timeoutGuard({ first: 5 }), caught).subscribe();
  jest.advanceTimersByTime(5);
  jest.useRealTimers();
  expect(log).toEqual(['unsubscribed', 'failed']);
});

describe('leaves no timer', () => {
  const limits = { first: 5, each: 6, total: 7 };
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('when it is unsubscribed from before and after the first value', () => {
    const silent = NEVER.pipe(timeoutGuard(limits)).subscribe();
    expect(jest.getTimerCount()).toBe(2);
    silent.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    const value = new Observable<string>((subscriber) => {
      subscriber.next('a');
    });
    const speaking = value.pipe(timeoutGuard(limits)).subscribe();
    expect(jest.getTimerCount()).toBe(2);
    speaking.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['completes', of('a')],
    ['fails', throwError(() => new Error('boom'))],
    ['runs out of time', NEVER],
  ])('when the stream %s', (_, source) => {
    observe(source.pipe(timeoutGuard(limits)));
    jest.advanceTimersByTime(5);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe.each(['first', 'each', 'total'])('%s', (limit) => {
  it.each([0, -1, NaN, '5', null, 2 ** 31])('refuses %p at once', (milliseconds) => {
    const refused = () => timeoutGuard({ [limit]: milliseconds });
    expect(refused).toThrow(tagged('OptionError'));
    expect(refused).toThrow(`timeoutGuard.${limit}`);
  });
});
