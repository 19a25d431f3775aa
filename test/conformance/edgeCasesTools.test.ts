/** PROTOCOL.md section 6: what tools do (cases 8, 9, 10, 12, 55). */
import { ToolError } from '@anthropic-ai/sdk/lib/tools/ToolError';
import { concat, EMPTY, map, of, take, throwError, timer } from 'rxjs';
import type { Tool } from 'rxclaude';
import { callsReply, reply, text, textReply, toolUse } from '../support/replies.js';
import { watchRejections } from './support/rejections.js';
import { only, pause } from './support/run.js';
import { servers } from './support/servers.js';
import { expectSound, resultsOf, started, talk } from './support/talk.js';
import type { Talk, TalkOptions } from './support/talk.js';
import { anyTool, echo } from './support/tools.js';

const { strict } = servers();

async function callThenAnswer(names: readonly string[], tools: readonly Tool[], options?: TalkOptions): Promise<Talk> {
  const calls = names.map((name, at) => ({ id: `t${String(at + 1)}`, name, input: { n: at + 1 } }));
  const rounds = [{ events: callsReply(...calls) }, { events: textReply('Done.') }];
  return talk(await strict(rounds), rounds, tools, options);
}

it('8: two parallel calls, second finishes first: one user message, 2 results, ids match, results before text', async () => {
  const slow = anyTool('slow', async () => pause(40).then(() => 'slow result'));
  const fast = anyTool('fast', () => 'fast result');

  const held = await callThenAnswer(['slow', 'fast'], [slow, fast]);

  expectSound(held);
  expect(only(held.events, 'tool_result').map(({ id }) => id)).toEqual(['t2', 't1']);
  expect(held.requests[1]!.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(resultsOf(held.requests[1])).toEqual([
    { type: 'tool_result', tool_use_id: 't1', content: 'slow result' },
    { type: 'tool_result', tool_use_id: 't2', content: 'fast result' },
  ]);
});

describe('9: one of N tools throws', () => {
  async function* failing(): AsyncGenerator<string> {
    yield 'half';
    await pause(1);
    throw new Error('generator broke');
  }
  /** Nothing was said: Claude is told as much, in whatever words. */
  const nothing = /failed without a message/;
  const ways: readonly [what: string, run: () => unknown, content: string | RegExp][] = [
    [
      'an Error',
      () => {
        throw new Error('plain');
      },
      'Error: plain',
    ],
    [
      'a string',
      () => {
        throw 'just words';
      },
      'Error: just words',
    ],
    [
      'undefined',
      () => {
        throw undefined;
      },
      nothing,
    ],
    [
      'null',
      () => {
        throw null;
      },
      nothing,
    ],
    [
      'an empty string',
      () => {
        throw '';
      },
      nothing,
    ],
    [
      'an object',
      () => {
        throw { code: 7 };
      },
      'Error: {"code":7}',
    ],
    [
      'a BigInt',
      () => {
        throw 7n;
      },
      'Error: 7',
    ],
    ['a rejected promise', async () => Promise.reject(new Error('later')), 'Error: later'],
    ['a promise rejected with undefined', async () => Promise.reject(undefined), nothing],
    [
      'an erroring Observable',
      () =>
        concat(
          of(1),
          throwError(() => new Error('stream')),
        ),
      'Error: stream',
    ],
    ['a throwing async generator', failing, 'Error: generator broke'],
    [
      'an Error whose message getter throws',
      () => {
        throw Object.defineProperty(new Error('x'), 'message', {
          get: () => {
            throw new Error('inner');
          },
        });
      },
      /./,
    ],
  ];

  it.each(ways)('9: %s: its result is_error; others unaffected; the run continues', async (_what, fail, content) => {
    const watch = watchRejections();
    const bad = anyTool('bad', fail);
    const good = anyTool('good', async () => pause(5).then(() => 'fine'));

    const held = await callThenAnswer(['good', 'bad', 'good'], [good, bad]);

    expectSound(held);
    const [first, second, third] = resultsOf(held.requests[1]);
    expect(second).toMatchObject({ tool_use_id: 't2', is_error: true });
    if (typeof content === 'string') expect(second!.content).toBe(content);
    else expect(second!.content).toMatch(content);
    expect([first, third].map((result) => [result!.content, result!.is_error])).toEqual([
      ['fine', undefined],
      ['fine', undefined],
    ]);
    expect(await watch.seen()).toEqual([]);
  });
});

it('9: a tool throws while its reply is still being written: the reply and the other tools are unaffected', async () => {
  const bad = anyTool(
    'bad',
    () => {
      throw new Error('too early');
    },
    { idempotent: true },
  );
  const events = reply({
    content: [toolUse({ id: 't1', name: 'bad' }), text(['And ', 'more.']), toolUse({ id: 't2', name: 'echo' })],
  });
  const rounds = [{ events, delayMs: 2 }, { events: textReply('Done.') }];

  const held = await talk(await strict(rounds), rounds, [bad, echo]);

  expectSound(held);
  const types = held.events.map(({ type }) => type);
  expect(types.indexOf('tool_result')).toBeLessThan(types.indexOf('message_delta'));
  expect(resultsOf(held.requests[1])).toEqual([
    { type: 'tool_result', tool_use_id: 't1', is_error: true, content: 'Error: too early' },
    { type: 'tool_result', tool_use_id: 't2', content: '{}' },
  ]);
});

it('10: tool throws with image content: the is_error result holds text only', async () => {
  const image = {
    type: 'image' as const,
    source: { type: 'base64' as const, media_type: 'image/png' as const, data: 'AAAA' },
  };
  const bad = anyTool('bad', () => {
    throw new ToolError([{ type: 'text', text: 'See:' }, image]);
  });

  const held = await callThenAnswer(['bad'], [bad]);

  expectSound(held);
  const [result] = resultsOf(held.requests[1]);
  expect(result).toMatchObject({ is_error: true, content: [{ type: 'text', text: 'See:' }, { type: 'text' }] });
});

it('12: unknown tool name: is_error result, no throw', async () => {
  const held = await callThenAnswer(['nope', 'echo'], [echo]);

  expectSound(held);
  expect(started(held.events)).toEqual(['t2']);
  expect(resultsOf(held.requests[1])).toEqual([
    {
      type: 'tool_result',
      tool_use_id: 't1',
      is_error: true,
      content: 'Tool `nope` is not available here. Available: echo.',
    },
    { type: 'tool_result', tool_use_id: 't2', content: '{"n":2}' },
  ]);
});

it('12: a tool that is only offered, not runnable here, is answered with is_error too', async () => {
  const plain = { name: 'plain', input_schema: { type: 'object' as const } };
  const rounds = [{ events: callsReply({ id: 't1', name: 'plain' }) }, { events: textReply('Done.') }];

  const held = await talk(await strict(rounds), rounds, [plain]);

  expectSound(held);
  expect(resultsOf(held.requests[1])).toMatchObject([{ tool_use_id: 't1', is_error: true }]);
});

it('55: tool emits progress then result: progress ordered before its result, never sent to the API', async () => {
  const counting = anyTool('count', () =>
    timer(2, 2).pipe(
      take(4),
      map((n) => `secret step ${String(n)}`),
    ),
  );
  async function* steps(): AsyncGenerator<object> {
    for (const step of [1, 2]) {
      await pause(2);
      yield { step, note: 'secret step' };
    }
    yield 'all done' as unknown as object;
  }
  const generating = anyTool('generate', steps);
  const quiet = anyTool('quiet', () => EMPTY);

  const held = await callThenAnswer(['count', 'generate', 'quiet'], [counting, generating, quiet]);

  expectSound(held);
  const of1 = held.events.filter((event) => 'id' in event && event.id === 't1' && event.type !== 'tool_input');
  expect(of1.map((event) => (event.type === 'tool_progress' ? event.value : event.type))).toEqual([
    'tool_call',
    'tool_start',
    'secret step 0',
    'secret step 1',
    'secret step 2',
    'tool_result',
  ]);
  expect(
    only(held.events, 'tool_progress')
      .filter(({ id }) => id === 't2')
      .map(({ value }) => value),
  ).toEqual([
    { step: 1, note: 'secret step' },
    { step: 2, note: 'secret step' },
  ]);
  expect(resultsOf(held.requests[1]).map(({ content }) => content)).toEqual(['secret step 3', 'all done', '']);
  expect(JSON.stringify(held.requests[1])).not.toContain('secret step 2');
});

it('8: text before the calls stays before them, and nothing but results is in the answer', async () => {
  const events = reply({
    content: [
      text('Two at once.'),
      toolUse({ id: 't1', name: 'echo' }),
      text(' And more.'),
      toolUse({ id: 't2', name: 'echo' }),
    ],
  });
  const rounds = [{ events }, { events: textReply('Done.') }];
  const held = await talk(await strict(rounds), rounds, [echo]);

  expectSound(held);
  expect(resultsOf(held.requests[1]).map(({ tool_use_id }) => tool_use_id)).toEqual(['t1', 't2']);
});
