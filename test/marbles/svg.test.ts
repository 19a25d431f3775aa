/** A run as a picture: what is in it, what must never be in it, and that nothing lies on anything else. */
import fc from 'fast-check';
import { claude } from '../../marbles/index.js';
import { createTimeline } from '../../marbles/run/createTimeline.js';
import type { Run } from '../../marbles/run/Run.js';
import { drawSvg } from '../../marbles/svg/drawSvg.js';
import { boxesOf, problemsOf } from './svg/boxes.js';
import { randomRun } from './svg/randomRuns.js';
import { readXml, type XmlElement } from './svg/readXml.js';
import { long, short, troubled } from './svg/samples.js';
import { times } from '../support/runs.js';

const draw = (run: Run, options?: Parameters<typeof drawSvg>[1]): string => drawSvg(createTimeline(run), options);
const textsOf = (svg: string): string[] => boxesOf(svg).boxes.map(({ what }) => what);
const elementsOf = (element: XmlElement): XmlElement[] => [element, ...element.children.flatMap(elementsOf)];
const at = (time: number, value: unknown) => ({ time, value });
const ended = (time: number): Run['end'] => ({ kind: 'complete', time });

const samples: [string, Run][] = [
  ['one round', short()],
  ['five rounds with ten calls', long()],
  ['a run in which much goes wrong', troubled()],
  ['nothing at all', { values: [] }],
  ['nothing but an end', { values: [], end: ended(0) }],
  [
    'nothing but a late failure',
    { values: [], end: { kind: 'error', time: 90_000_001, error: new RangeError('secret') } },
  ],
  ['values that are no events', { values: [at(10, 1), at(20, undefined), at(30, 'secret')], end: ended(40) }],
];

describe.each(samples)('the picture of %s', (name, run) => {
  const svg = draw(run, { title: name });

  it('is well-formed and says what it is', () => {
    const { name: root, attributes, children } = readXml(svg);
    expect(root).toBe('svg');
    expect(attributes).toMatchObject({ role: 'img', xmlns: 'http://www.w3.org/2000/svg' });
    expect(children[0]).toMatchObject({ name: 'title', text: name });
    expect(children[1]).toMatchObject({ name: 'desc', text: expect.stringMatching(/^A marble diagram\. /) as string });
  });

  it.each([undefined, 700, 1, Infinity])(
    'lets nothing lie on anything else, nor be cut off, at a width of %p',
    (width) => {
      expect(problemsOf(draw(run, { title: name, ...(width !== undefined && { width }) }))).toEqual([]);
      expect(problemsOf(draw(run, width === undefined ? {} : { width }))).toEqual([]);
    },
  );

  it('is no wider than it may be', () => {
    expect(boxesOf(svg).view.right).toBeLessThanOrEqual(1_200);
    expect(boxesOf(draw(run, { title: name, width: 800 })).view.right).toBeLessThanOrEqual(800);
  });

  it('tells nothing of what was said', () => {
    expect(svg).not.toMatch(/secret|word \d|Oslo/);
  });

  it('is the same each time', () => {
    expect(draw(run, { title: name })).toBe(svg);
  });
});

describe('any run', () => {
  it('would not be let through if its texts met or were cut off', () => {
    const text = (x: number) => `<text x="${x}" y="20" font-size="10">text</text>`;
    const marble = '<g class="marble"><circle cx="95" cy="20" r="10"/><text x="95" y="20">t</text></g>';
    const svg = `<svg viewBox="0 0 100 100"><g transform="translate(1 2)">${text(0)}${text(20)}${text(60)}</g>${marble}</svg>`;
    expect(problemsOf(svg)).toEqual(['(t) is clipped', 'text meets text', 'text meets (t)']);
  });

  it('has a picture in which nothing lies on anything else, is cut off or is told', () => {
    const widths = fc.constantFrom(undefined, 500, 900, 1_600);
    fc.assert(
      fc.property(
        randomRun,
        widths,
        fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
        (run, width, title) => {
          const svg = draw(run, { ...(width !== undefined && { width }), ...(title !== undefined && { title }) });
          expect(problemsOf(svg)).toEqual([]);
          expect((title?.includes('secret') ?? false) ? '' : svg).not.toMatch(/secret|<script|NaN|undefined/);
        },
      ),
      times(300),
    );
  });
});

describe('what is written', () => {
  it('beside the marbles are rounds, durations and reasons', () => {
    const texts = textsOf(draw(long()));
    expect(texts).toEqual(expect.arrayContaining(['round 1', 'round 5', '296 ms', '2.4 s', 'end_turn']));
    expect(texts).toEqual(expect.arrayContaining(['claude', 'get_weather', 'get_weather#3', 'write_note#2', 'result']));
  });

  it('of what went wrong is its name', () => {
    const texts = textsOf(draw(troubled(), { title: 'Trouble' }));
    const retries = ['retry 1 in 400 ms: overloaded_error', 'retry 2 in 800 ms: overloaded_error'];
    expect(texts).toEqual(expect.arrayContaining(retries));
    expect(texts).toEqual(expect.arrayContaining(['TypeError 210 ms', 'TimedOut 5 s', 'Refused']));
    expect(texts).toEqual(expect.arrayContaining(['approved', 'denied', 'error', 'authentication_error']));
    expect(texts).toContain('12.4 s · 3 rounds · 6 tool calls · 2 retries · failed: authentication_error');
  });

  it('below the marbles is each letter that was used, once, and no other', () => {
    const legend = textsOf(draw(short())).slice(-20);
    expect(legend.filter((what) => what.startsWith('('))).toEqual(
      ['s', 'o', 'h', 'c', 'e', 'm', 'B', 'E', 'C'].map((x) => `(${x})`),
    );
    expect(legend).toEqual(expect.arrayContaining(['message_start', 'conversation_end', 'the stream completes']));
    expect(legend).not.toContain('tool_call');
  });

  it('is escaped, whatever a title or a tool is called', () => {
    const name = '</svg><script>alert("1")</script>';
    const run = { values: [at(0, { type: 'tool_call', id: 'a', name, index: 0 })] };
    const svg = draw(run, { title: `${name}\u0000\u001b[31m\ud800\uffff\u202e` });
    expect(svg).not.toContain('<script');
    expect(readXml(svg).children[0]!.text).toContain(name);
  });

  it('of a title that is too long is its beginning', () => {
    const svg = draw(short(), { title: 'long '.repeat(100) });
    expect(problemsOf(svg)).toEqual([]);
    expect(textsOf(svg)[0]).toMatch(/^long long .*…$/);
  });
});

describe('events that are many', () => {
  const replyOf = (count: number, wait = 20): Run => {
    const pieces = Array.from({ length: count }, (_, index) => at(20 + index * wait, claude.text('secret')));
    const last = 20 + count * wait;
    return {
      values: [at(0, claude.messageStart()), at(10, claude.textStart()), ...pieces, at(last, claude.messageStop())],
      end: ended(last),
    };
  };

  it('take up as many elements as if they were few', () => {
    const count = (run: Run): number => elementsOf(readXml(draw(run))).length;
    expect(count(replyOf(5_000))).toBe(count(replyOf(50)));
    expect(draw(replyOf(5_000)).length - draw(replyOf(50)).length).toBeLessThan(500);
  });

  it('are counted', () => {
    expect(textsOf(draw(replyOf(5_000)))).toContain('text ×5000');
    const { values } = replyOf(9);
    expect(textsOf(draw({ values: values.toSpliced(5, 0, at(values[5]!.time, claude.ping())) }))).toContain(
      'text ×9 · ping',
    );
  });

  it('are parted where nothing came for long', () => {
    const { values } = replyOf(9);
    const stalled = values.map(({ time, value }, index) => at(index > 5 ? time + 12_000 : time, value));
    const texts = textsOf(draw({ values: stalled }));
    expect(texts).toEqual(expect.arrayContaining(['text ×4', '⋯ 12 s', 'text ×5']));
  });
});

describe('a long run', () => {
  const svg = draw(long());
  const systems = readXml(svg).children.filter((part) => textsIn(part).includes('result'));
  const labels = systems.map((system) => textsIn(system).filter((what) => /^[a-z_]{6,}(?:#\d)?$|^claude$/.test(what)));

  it('is broken into systems, each with the lanes that have something in it', () => {
    expect(labels.slice(0, 2)).toEqual([
      ['claude', 'get_weather', 'get_weather#2', 'get_time', 'result'],
      ['claude', 'search_documents', 'get_weather#3', 'result'],
    ]);
    expect(labels.every((lanes) => lanes.includes('result'))).toBe(true);
  });
});

it('needs a width that is one', () => {
  expect(() => draw({ values: [] }, { width: Number.NaN })).toThrow(/drawSvg\.width/);
});

describe('the style', () => {
  const style = readXml(draw(short())).children.find(({ name }) => name === 'style')!.text;

  it('is light and dark', () => {
    expect(style).toContain('@media (prefers-color-scheme:dark){.rxclaude-marbles{--marbles-background:#');
  });

  it('holds within the picture only', () => {
    const selectors = [...style.matchAll(/([^{}]+)\{/g)].map(([, selector = '']) => selector);
    expect(selectors.filter((selector) => !/^(?:\.rxclaude-marbles|@media)/.test(selector))).toEqual([]);
  });
});

function textsIn(element: XmlElement): string[] {
  return elementsOf(element)
    .filter(({ name }) => name === 'text')
    .map(({ text: what }) => what);
}
