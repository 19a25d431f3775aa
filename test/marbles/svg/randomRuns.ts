import fc from 'fast-check';
import { claude } from '../../../marbles/index.js';
import { apiError } from '../../../marbles/alphabet/apiError.js';
import type { Run } from '../../../marbles/run/Run.js';

const NAMES = [
  'add',
  'get_weather',
  'a_tool_whose_name_is_much_too_long',
  '</svg><script>alert(1)</script>',
  '\u0000\u202e"&',
];

const ofCall = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  name: fc.constantFrom(...NAMES),
  index: fc.constant(0),
});
const duration = fc.oneof(fc.nat(20), fc.nat(5_000_000), fc.constant(Number.NaN));
const error = fc.constantFrom<unknown>(
  apiError(),
  new RangeError('secret'),
  { _tag: 'TimedOut' },
  'secret',
  undefined,
  { type: 'a_long_word_of_thirty-two_chars.' },
  { type: '</svg>' },
  { status: 529 },
);

const event: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(claude.text('secret'), claude.inputJson('secret'), claude.ping()) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      claude.messageStart(),
      claude.textStart(),
      claude.contentBlockStop(),
      claude.stop(),
      claude.messageStop(),
    ),
  },
  fc.tuple(ofCall, fc.constantFrom('tool_input', 'tool_call', 'tool_start', 'tool_progress')).map(([call, type]) => ({
    type,
    ...call,
  })),
  fc.tuple(ofCall, duration, fc.boolean(), error).map(([call, took, is_error, why]) => ({
    type: 'tool_result',
    ...call,
    duration: took,
    result: { content: 'secret', is_error },
    outcome: { _tag: is_error ? 'Left' : 'Right', left: why },
  })),
  ofCall.map((call) => ({ type: 'approval_request', ...call, input: 'secret' })),
  fc
    .tuple(ofCall, fc.constantFrom('approved', 'denied', 'expired', 'very secret words'))
    .map(([call, decision]) => ({ type: 'approval_decision', ...call, decision, reason: 'secret' })),
  fc.nat(2_000).map((round) => ({ type: 'round_start', round })),
  fc.constant({ type: 'round_end' }),
  fc.tuple(fc.nat(20), duration, error).map(([attempt, delay, why]) => ({
    type: 'round_retry',
    attempt,
    delay,
    error: why,
  })),
  fc
    .constantFrom(['finished', 'end_turn'], ['error', null], ['finished', 'model_context_window_exceeded'])
    .map(([reason, stop_reason]) => ({ type: 'conversation_end', reason, stop_reason })),
  fc.constantFrom<unknown>(undefined, null, 3, 'secret', { type: 'secret' }),
);

const wait = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 30 }) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 100_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(-5, 0.25, Number.NaN) },
);

/** A run of any events in any order, with what comes many times in a row. */
export const randomRun: fc.Arbitrary<Run> = fc
  .record({
    steps: fc.array(fc.record({ event, wait, times: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.nat(40)) }), {
      maxLength: 90,
    }),
    end: fc.option(fc.record({ error: fc.option(error), wait }), { nil: undefined }),
  })
  .map(({ steps, end }) => {
    let time = 0;
    const values = steps.flatMap((step) =>
      Array.from({ length: step.times }, () => {
        time += step.wait;
        return { time, value: step.event };
      }),
    );
    if (end === undefined) return { values };
    time += end.wait;
    return { values, end: end.error === null ? { kind: 'complete', time } : { kind: 'error', time, error: end.error } };
  });
