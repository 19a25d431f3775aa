import fc from 'fast-check';
import { checkEvents } from '../../marbles/compare/checkEvents.js';
import { readExpectation } from '../../marbles/compare/expectation.js';
import { drawText } from '../../marbles/diagram/drawText.js';
import { parseDiagram } from '../../marbles/diagram/parseDiagram.js';
import { createTimeline } from '../../marbles/run/createTimeline.js';
import type { Run, TimedValue } from '../../marbles/run/Run.js';
import { added, claude } from '../../marbles/index.js';
import { times } from '../support/runs.js';

/** Names that tools may have, those that stand for something else in a diagram included. */
const names = fc.constantFrom('get_weather', 'claude', 'result', 'ms', '25ms', 'a', 'x'.repeat(128), '//', 'two words');
const call = fc
  .tuple(fc.constantFrom('toolu_1', 'toolu_2', 'toolu_3'), names)
  .map(([id, name]) => added.toolCall(id, name));
const event = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      claude.messageStart(),
      claude.textStart(),
      claude.text('a'),
      claude.contentBlockStop(),
      claude.toolUseStart('a', 'b'),
      claude.inputJson('{}'),
      claude.ping(),
    ],
    ...[
      claude.stop('tool_use'),
      claude.stop('end_turn'),
      claude.stop(null),
      claude.messageStop(),
      added.roundStart(),
      added.roundRetry(1, 'error', 2),
    ],
    ...[{ type: 'of the future' }, 'a text', null],
  ),
  call.chain((of) =>
    fc.constantFrom<unknown>(of, added.toolStart(of), added.toolProgress(of, 1), added.toolResult(of, 'r')),
  ),
);
const gap = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  fc.nat(3),
  fc.nat(30),
  fc.constantFrom(1_000, 60_000, 12_345),
);
/** Any run of up to 60 events. */
const runs: fc.Arbitrary<Run> = fc
  .tuple(fc.array(fc.tuple(gap, event), { maxLength: 60 }), fc.constantFrom('complete', 'error', undefined), gap)
  .map(([steps, end, last]) => {
    let time = 0;
    const values = steps.map(([wait, value]): TimedValue => ({ time: (time += wait), value }));
    time += last;
    if (end === undefined) return { values };
    return { values, end: end === 'complete' ? { kind: end, time } : { kind: end, time, error: 'error' } };
  });
const columns = fc.constantFrom(20, 40, 80, 110, 10_000);
const scales = fc.constantFrom(1, 2, 25, 1_000);

describe('a run that was drawn', () => {
  it('is what the drawing says, however it is laid out', () => {
    fc.assert(
      fc.property(runs, columns, scales, fc.boolean(), (run, width, scale, legend) => {
        const drawing = drawText(createTimeline(run, scale), { columns: width, legend });
        expect(checkEvents(run, readExpectation(drawing, {}), {})).toBeUndefined();
      }),
      times(500),
    );
  });

  it('can stand anywhere in a template literal', () => {
    fc.assert(
      fc.property(runs, columns, fc.nat(12), (run, width, indent) => {
        const drawing = drawText(createTimeline(run), { columns: width });
        const pasted = `\n${drawing.replace(/^(?=.)/gm, ' '.repeat(indent))}\n  `;
        expect(parseDiagram(pasted).signs.map(strip)).toEqual(parseDiagram(drawing).signs.map(strip));
      }),
    );
  });

  it('keeps to its width, but for a group that is wider by itself', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const wide = drawText(createTimeline(run), { columns: 200 }).split('\n');
        expect(wide.filter((line) => line.length > 200)).toEqual([]);
      }),
    );
  });

  it('differs from any other run in a single event', () => {
    fc.assert(
      fc.property(runs, fc.nat(), event, (run, at, other) => {
        fc.pre(run.values.length > 0);
        const index = at % run.values.length;
        const { time } = run.values[index]!;
        const values = run.values.with(index, { time, value: other });
        const [before, after] = [run, { ...run, values }].map((each) => drawText(createTimeline(each)));
        const problem = checkEvents({ ...run, values }, readExpectation(before!, {}), {});
        expect(problem === undefined).toBe(before === after);
      }),
    );
  });
});

function strip({ frame, letter, lane }: { frame: number; letter: string; lane?: string | undefined }) {
  return { frame, letter, lane };
}
