import * as fc from 'fast-check';
import { admit, CLOSED, settle, type BreakerState, type Ending } from '../../../src/retry/breakerState.js';

const limits = { failures: 2, openFor: 10 };
const once: BreakerState = { _tag: 'Closed', failures: 1 };
const open: BreakerState = { _tag: 'Open', failures: 2, until: 100 };
const halfOpen: BreakerState = { _tag: 'HalfOpen', failures: 2 };

describe('admit', () => {
  it.each([CLOSED, once])('lets everyone through while closed, and changes nothing: %j', (state) => {
    expect(admit(state, 0, limits)).toBe(state);
  });

  it('lets nobody through beside the probe', () => {
    expect(admit(halfOpen, 1_000, limits)).toBeUndefined();
  });

  it.each([
    [90, undefined],
    [99, undefined],
    [100, halfOpen],
    [5_000, halfOpen],
  ])('lets a probe through once the time is up: at %d', (now, expected) => {
    expect(admit(open, now, limits)).toEqual(expected);
  });

  it('lets a probe through when the clock was set back to before the opening', () => {
    expect(admit(open, 89, limits)).toEqual(halfOpen);
  });

  it('may stay open for ever', () => {
    const always = { failures: 1, openFor: Infinity };
    const state = settle(CLOSED, 'failed', 0, always);
    expect(state).toMatchObject({ until: Infinity });
    expect(admit(state, Number.MAX_SAFE_INTEGER, always)).toBeUndefined();
  });
});

describe('settle', () => {
  it.each<[BreakerState, Ending, BreakerState]>([
    [CLOSED, 'completed', CLOSED],
    [CLOSED, 'failed', once],
    [CLOSED, 'refused', CLOSED],
    [CLOSED, 'left', CLOSED],
    [once, 'completed', CLOSED],
    [once, 'failed', { _tag: 'Open', failures: 2, until: 60 }],
    [once, 'refused', once],
    [once, 'left', once],
    [halfOpen, 'completed', CLOSED],
    [halfOpen, 'failed', { _tag: 'Open', failures: 3, until: 60 }],
    [halfOpen, 'refused', CLOSED],
    [halfOpen, 'left', { _tag: 'Open', failures: 2, until: 50 }],
  ])('%j, %s: %j', (state, ending, expected) => {
    const next = settle(state, ending, 50, limits);
    expect(next).toEqual(expected);
    // Whoever compares by identity sees no change where there is none.
    if (expected === state || expected === CLOSED) expect(next).toBe(expected);
  });
});

it('gets closed again from wherever it is, with one stream that completes after the time is up', () => {
  const ending = fc.constantFrom<Ending>('completed', 'failed', 'refused', 'left');
  const step = fc.tuple(ending, fc.integer({ min: 0, max: 15 }));
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (steps, failures) => {
      let now = 0;
      const some = { failures, openFor: 10 };
      const run = (before: BreakerState, how: Ending) => {
        const state = admit(before, now, some);
        return state === undefined ? before : settle(state, how, now, some);
      };
      const state = steps.reduce((before, [how, pause]) => {
        now += pause;
        return run(before, how);
      }, CLOSED);
      now += 10;
      expect(run(state, 'completed')).toBe(CLOSED);
    }),
  );
});
