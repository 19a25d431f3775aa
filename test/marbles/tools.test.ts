import * as t from 'io-ts';
import { converse, defineTool, executeTools } from '../../src/index.js';
import { added, claude, marble, runMarble } from '../../marbles/index.js';
import { request } from './support/answering.js';
import { messageOf } from './support/failureOf.js';

// k a tool_use block starts  i a piece of a tool's input  c content_block_stop  w message_delta with stop_reason tool_use
// m message_stop  K tool_call  A approval_request  D approval_decision  S tool_start  P tool_progress  W tool_result
// X tool_result with is_error

const K = added.toolCall('toolu_1', 'weather', { city: 'Oslo' });

describe('a tool', () => {
  marble('tells progress, and then its result', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('    -K-w-m|', { K });
    const weather = tool('weather', '--p-q-(r|)', { r: 'rain' });
    const expected = '         -K-[wS]-[mP]-P-(W|)';

    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, {
      W: { outcome: { right: 'rain' }, duration: 6 },
    });
    expectRuns(weather).toBe('---^-----|');
    expectRuns(weather).toHave([{ city: 'Oslo' }]);
  });

  marble('fails with the error that it is given', ({ events, tool, expectEvents }) => {
    const source = events('-K-w-m|', { K });
    const tools = [tool('weather', '--#', { '#': new Error('No wind.') })];
    const expected = '     -K-[wS]-[mX]|';

    expectEvents(source.pipe(executeTools(tools))).toBe(expected, {
      X: { outcome: { left: { message: 'No wind.' } } },
    });
  });

  marble('that never ends is stopped by its time', ({ events, tool, expectEvents, expectRuns }) => {
    const source = events('-K-w-m|', { K });
    const weather = tool('weather', '-', {}, { timeout: 5 });
    const expected = '     -K-[wS]-m--(X|)';

    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, {
      X: { outcome: { left: { _tag: 'TimedOut' } } },
    });
    expectRuns(weather).toBe('---^----!');
  });

  marble('plays one diagram after the other, and then the last one again', (helpers) => {
    const { events, tool, expectEvents, expectRuns } = helpers;
    const source = events('[KLMw]m|', { K, L: { ...K, id: 'toolu_2' }, M: { ...K, id: 'toolu_3' } });
    const weather = tool('weather', ['-(a|)', '---(b|)']);
    const expected = '   [KKKwSSS][mW]-(WW|)';

    expectEvents(source.pipe(executeTools([weather]))).toBe(expected);
    expectRuns(weather).toBe(['^|', '^--|', '^--|']);
  });

  marble('keeps the definition, the schema and the guard of a tool that it stands in for', (helpers) => {
    const { reply, scriptClaude, tool, expectEvents, flush } = helpers;
    const real = defineTool({
      name: 'weather',
      description: 'How the weather is.',
      input: t.type({ city: t.string }),
      guard: ({ city }) => city !== 'Atlantis',
      run: () => 'the real weather',
    });
    const asking = reply('s-[klj]-(wm|)', {
      k: claude.toolUse('toolu_1', 'weather', { city: 'Oslo' }),
      l: claude.toolUse('toolu_2', 'weather', { city: 1 }),
      j: claude.toolUse('toolu_3', 'weather', { city: 'Atlantis' }),
    });
    const client = scriptClaude(asking, 's-(em|)');
    const weather = tool(real, '(r|)', { r: 'rain' });

    const run$ = converse(client, { ...request, tools: [weather] });
    const results = {
      W: { outcome: { right: 'rain' } },
      X: { outcome: { left: { _tag: 'InvalidInput' } } },
      Y: { outcome: { left: { _tag: 'Refused' } } },
    };
    expectEvents(run$).toBe('[Bs]-[kiIcKkiIcKkiIcK]-[wSXYmWEBs]-(emEC|)', results);
    flush();
    expect(client.requests[0]!.body.tools).toEqual([real.definition]);
    expect(weather.runs.map(({ input }) => input)).toEqual([{ city: 'Oslo' }]);
  });

  it('is told when its diagram says nothing', () => {
    expect(messageOf(({ tool }) => void tool('weather', ' '))).toContain(
      'The diagram is empty. Write `-` for a stream that never ends.',
    );
    expect(messageOf(({ tool }) => void tool('weather', '(r'))).toContain('`(` opens a group that is never closed.');
  });

  it('fails a test that expects other runs, or other inputs', () => {
    const run = (lifespan: string, inputs: unknown[]) =>
      messageOf(({ events, tool, expectRuns }) => {
        const weather = tool('weather', '--(r|)');
        events('-K-w-m|', { K })
          .pipe(executeTools([weather]))
          .subscribe();
        expectRuns(weather).toBe(lifespan);
        expectRuns(weather).toHave(inputs);
      });
    expect(run('---^|', [])).toContain('1  expected  ---^|\n     actual    ---^-|   <- differs');
    expect(run('---^-#', [])).toContain('<- differs');
    expect(run('---^-|', [])).toBe('Expected 0 runs, found 1.');
    expect(run('---^-|', [{ city: 'Rome' }])).toContain(
      'Run 1 is not as expected: `city` should be "Rome", and is "Oslo".',
    );
    expect(() => run('--|', [])).not.toThrow();
    expect(run('--|', [])).toContain('begins with `^`');
  });
});

describe('an approval', () => {
  marble('lets the call through once it says y', ({ events, tool, approval, expectEvents, expectRuns }) => {
    const source = events('-K-w-m|', { K });
    const guard = approval('----y');
    const weather = tool('weather', '--(r|)', {}, { guard });
    const expected = '     -K-[wA]-m-[DS]-(W|)';

    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { D: { decision: 'approved' } });
    expectRuns(guard).toBe('---^---|');
    expectRuns(weather).toBe('-------^-|');
  });

  marble('does not when it says n, or why not', ({ events, tool, approval, expectEvents, expectRuns }) => {
    const source = events('[KLw]m|', { K, L: { ...K, id: 'toolu_2' } });
    const guard = approval(['--n', '---w'], { w: 'Not today.' });
    const weather = tool('weather', '(r|)', {}, { guard });
    const expected = '[KKwAA]m[DX](EF|)';

    const denied = { type: 'approval_decision', decision: 'denied' };
    const [E, F] = [
      { ...denied, reason: 'Not today.' },
      { type: 'tool_result', outcome: { left: { _tag: 'Refused' } } },
    ];
    expectEvents(source.pipe(executeTools([weather]))).toBe(expected, { D: denied, E, F });
    expectRuns(weather).toBe([]);
  });

  marble('that never comes expires with the time of the guard', (helpers) => {
    const { events, tool, approval, expectEvents, expectRuns } = helpers;
    const source = events('-K-w-m|', { K });
    const guard = approval('-');
    const weather = tool('weather', '(r|)', {}, { guard });
    const expected = '     -K-[wA]-m--(DX|)';

    expectEvents(source.pipe(executeTools([weather], { approvalTimeout: 5 }))).toBe(expected, {
      D: { decision: 'expired' },
    });
    expectRuns(guard).toBe('---^----!');
    expectRuns(guard).toHave([{ city: 'Oslo' }]);
  });
});

it('a test knows nothing of the one before it', () => {
  const test = () => {
    runMarble(({ events, tool, expectRuns }) => {
      const weather = tool('weather', '(r|)');
      events('-K-w-m|', { K })
        .pipe(executeTools([weather]))
        .subscribe();
      expectRuns(weather).toBe('---(^|)');
    });
  };
  test();
  test();
});
