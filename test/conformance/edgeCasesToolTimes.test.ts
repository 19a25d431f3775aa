/** PROTOCOL.md section 6: what tools do in time (cases 14, 15, 17). */
import { interval, NEVER, of } from 'rxjs';
import { accumulateToolInput, claudeStream, converse, executeTools, resumeConversation, validateWith } from 'rxclaude';
import type { RoundRequest, Tool } from 'rxclaude';
import { callsReply, textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { watchRejections } from './support/rejections.js';
import { only, pause, run, start } from './support/run.js';
import { servers } from './support/servers.js';
import { expectSound, question, resultsOf, started, talk } from './support/talk.js';
import type { Talk, TalkOptions } from './support/talk.js';
import { anyTool, echo } from './support/tools.js';

const { strict } = servers();

async function callThenAnswer(names: readonly string[], tools: readonly Tool[], options?: TalkOptions): Promise<Talk> {
  const calls = names.map((name, at) => ({ id: `t${String(at + 1)}`, name, input: { n: at + 1 } }));
  const rounds = [{ events: callsReply(...calls) }, { events: textReply('Done.') }];
  return talk(await strict(rounds), rounds, tools, options);
}

it.each([1, 2, 3, 6].flatMap((k) => [[k, false] as const, [k, true] as const]))(
  '14: N calls, concurrency %i (idempotent: %s): never more running; order of results = order of calls',
  async (k, idempotent) => {
    let running = 0;
    let most = 0;
    const run = async ({ n }: { n?: unknown }): Promise<string> => {
      most = Math.max(most, ++running);
      await pause(5 + ((Number(n) * 7) % 4) * 4);
      running--;
      return `done ${String(n)}`;
    };
    const work = anyTool('work', run, { idempotent });
    const calls = Array.from({ length: 9 }, () => 'work');

    const held = await callThenAnswer(calls, [work], { tools: { concurrency: k } });

    expectSound(held);
    expect(most).toBe(k);
    expect(started(held.events)).toEqual(calls.map((_, at) => `t${String(at + 1)}`));
    expect(resultsOf(held.requests[1]).map(({ content }) => content)).toEqual(
      calls.map((_, at) => `done ${String(at + 1)}`),
    );
  },
);

describe('15: tool exceeds its timeout', () => {
  const late = ['resolves', 'rejects', 'never settles', 'is an Observable', 'is an async generator'] as const;

  it.each(late)('15: and then %s: signal aborted, is_error timeout result, late value ignored', async (how) => {
    const watch = watchRejections();
    const signals: AbortSignal[] = [];
    async function* forever(): AsyncGenerator<number> {
      for (let n = 0; ; n++) {
        await pause(8);
        yield n;
      }
    }
    const slow = anyTool(
      'slow',
      (_input, { signal }) => {
        signals.push(signal);
        if (how === 'resolves') return pause(60).then(() => 'late');
        if (how === 'rejects') return pause(60).then(() => Promise.reject(new Error('late')));
        if (how === 'is an Observable') return interval(8);
        return how === 'is an async generator' ? forever() : NEVER;
      },
      { timeout: 30 },
    );

    const held = await callThenAnswer(['slow', 'echo'], [slow, echo]);
    await pause(50);

    expectSound(held);
    expect(signals.map(({ aborted, reason }) => [aborted, (reason as Error).name])).toEqual([[true, 'TimeoutError']]);
    expect(resultsOf(held.requests[1])).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 't1',
        is_error: true,
        content: 'Error: `slow` did not finish within 30 ms and was stopped.',
      },
      { type: 'tool_result', tool_use_id: 't2', content: '{"n":2}' },
    ]);
    expect(only(held.events, 'tool_result').filter(({ id }) => id === 't1')).toMatchObject([
      { outcome: { left: { _tag: 'TimedOut', milliseconds: 30 } } },
    ]);
    expect(await watch.seen()).toEqual([]);
  });

  it('15: the timeout of executeTools holds for a tool without one of its own', async () => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'slow' }) }, { events: textReply('Done.') }];
    const server = await strict(rounds);
    const tools = [anyTool('slow', () => NEVER)];
    const round = (request: RoundRequest) =>
      claudeStream(sdkClient(server.url), request).pipe(
        accumulateToolInput(),
        validateWith(tools),
        executeTools(tools, { timeout: 20 }),
      );

    const { error } = await run(of({ ...question, tools }).pipe(resumeConversation(round)));

    expect(error).toBeUndefined();
    expect(server.refusals).toEqual([]);
    expect(JSON.stringify(server.requests[1]!.body)).toContain('did not finish within 20 ms');
  });
});

it('17: unsubscribe during a tool: its signal aborted, no next request, late rejection swallowed', async () => {
  const watch = watchRejections();
  const signals: AbortSignal[] = [];
  const slow = anyTool('slow', (_input, { signal }) => {
    signals.push(signal);
    return pause(20).then(() => Promise.reject(new Error('too late')));
  });
  const server = await strict([{ events: callsReply({ id: 't1', name: 'slow' }) }, { events: textReply('Never.') }]);
  const running = start(converse(sdkClient(server.url), { ...question, tools: [slow] }));
  await running.until(({ type }) => type === 'message_stop');

  running.subscription.unsubscribe();

  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  const before = running.events.length;
  await pause(40);
  expect(running.events).toHaveLength(before);
  expect(server.requests).toHaveLength(1);
  expect(server.openSockets()).toBe(0);
  expect(await watch.seen()).toEqual([]);
});
