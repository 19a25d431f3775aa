/** PROTOCOL.md section 6: how conversations end (cases 44, 45, 46, 49). */
import { NEVER, Subject } from 'rxjs';
import { reply, serverToolUse, text, textReply, toolUse, callsReply, whole, thinking } from '../support/replies.js';
import { only, pause } from './support/run.js';
import { servers } from './support/servers.js';
import { expectFailed, expectSound, resultsOf, started, talk } from './support/talk.js';
import { anyTool, echo } from './support/tools.js';

const { strict } = servers();

const webSearch = { type: 'web_search_20250305' as const, name: 'web_search' as const };
const search = (id: string) => serverToolUse({ id, name: 'web_search', input: { query: id } });
const found = (id: string) => whole({ type: 'web_search_tool_result', tool_use_id: id, content: [] });
const paused = (n: number, ...more: readonly Parameters<typeof reply>[0]['content'][number][]) => ({
  events: reply({
    content: [...more, `Part ${String(n)}.`, search(`srvtoolu_${String(n)}`)],
    stop_reason: 'pause_turn',
  }),
});

describe('44: pause_turn k times', () => {
  it.each([1, 2, 5])('44: pause_turn %i times: resent unchanged, counted as rounds', async (k) => {
    const pauses = Array.from({ length: k }, (_none, at) =>
      paused(at, ...(at > 0 ? [found(`srvtoolu_${String(at - 1)}`)] : [])),
    );
    const rounds = [...pauses, { events: reply({ content: [found(`srvtoolu_${String(k - 1)}`), 'Done.'] }) }];

    const held = await talk(await strict(rounds), rounds, [echo, webSearch]);

    expectSound(held);
    expect(held.end).toMatchObject({ reason: 'finished', stop_reason: 'end_turn', rounds: k + 1 });
    held.requests.forEach(({ messages }, at) => {
      expect(messages.map(({ role }) => role)).toEqual(['user', ...Array.from({ length: at }, () => 'assistant')]);
    });
    expect(JSON.stringify(held.requests)).not.toContain('"tool_result"');
    expect(only(held.events, 'round_end').map(({ next }) => next)).toEqual([...pauses.map(() => 'resume'), 'end']);
  });

  it('44: capped by maxRounds', async () => {
    const rounds = [paused(0), paused(1, found('srvtoolu_0')), paused(2, found('srvtoolu_1'))];
    const held = await talk(await strict(rounds), rounds, [webSearch], { maxRounds: 2 });
    expect(held.error).toBeUndefined();
    expect(held.refusals).toEqual([]);
    expect(held.requests).toHaveLength(2);
    expect(held.end).toMatchObject({ reason: 'max_rounds', rounds: 2 });
  });

  it('44: capped while a server tool is open: a new user message behind `messages` is accepted', async () => {
    const rounds = [paused(0)];
    const held = await talk(await strict(rounds), rounds, [webSearch], { maxRounds: 1 });
    expectSound(held);
  });

  it('44: a pause without an open server tool', async () => {
    const rounds = [
      { events: reply({ content: ['Wait.'], stop_reason: 'pause_turn' }) },
      { events: textReply('Done.') },
    ];
    const held = await talk(await strict(rounds), rounds, [webSearch]);
    expectSound(held);
    expect(held.requests[1]!.messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'Wait.' }],
    });
  });

  it.each([
    ['behind text', ['Wait.', thinking('Hm.')]],
    ['behind a server tool that answered', [search('srvtoolu_0'), found('srvtoolu_0'), thinking('Hm.')]],
  ])('44: a pause that ends with thinking %s: resent unchanged', async (_what, content) => {
    const rounds = [{ events: reply({ content, stop_reason: 'pause_turn' }) }, { events: textReply('Done.') }];
    const held = await talk(await strict(rounds), rounds, [webSearch]);
    expectSound(held);
    expect(held.requests[1]!.messages[1]!.content).toHaveLength(content.length);
  });

  it('44: a pause with nothing in it is not resumed for ever', async () => {
    const rounds = Array.from({ length: 3 }, () => ({ events: reply({ content: [], stop_reason: 'pause_turn' }) }));
    const held = await talk(await strict(rounds), rounds, [webSearch], { maxRounds: 3 });
    expectSound(held);
    expect(held.end.rounds).toBeLessThanOrEqual(3);
  });
});

describe('45: refusal after a complete tool_use', () => {
  const stop_details = { type: 'refusal', category: 'cyber', explanation: 'No.' };

  it.each([false, true])(
    '45: tool not run on (idempotent: %s); refusal surfaced with stop_details',
    async (idempotent) => {
      const signals: AbortSignal[] = [];
      const work = anyTool(
        'work',
        async (_input, { signal }) => {
          signals.push(signal);
          return pause(50);
        },
        { idempotent },
      );
      const content = [thinking('Hm.'), 'Half', toolUse({ id: 't1', name: 'work' })];
      const rounds = [{ events: reply({ content, stop_reason: 'refusal', stop_details }) }];

      const held = await talk(await strict(rounds), rounds, [work]);

      expectSound(held);
      expect(held.end).toMatchObject({
        reason: 'finished',
        stop_reason: 'refusal',
        message: { stop_details },
        rounds: 1,
      });
      expect(signals.map(({ aborted }) => aborted)).toEqual(idempotent ? [true] : []);
      expect(held.end.messages).toEqual([{ role: 'user', content: 'What now?' }]);
      expect(only(held.events, 'tool_result').map(({ result }) => result.is_error)).toEqual(idempotent ? [true] : []);
    },
  );

  it('45: refusal with empty content', async () => {
    const rounds = [
      { events: reply({ content: [], stop_reason: 'refusal', stop_details: { type: 'refusal', category: null } }) },
    ];
    const held = await talk(await strict(rounds), rounds, [echo]);
    expectSound(held);
    expect(held.end).toMatchObject({ reason: 'finished', stop_reason: 'refusal' });
  });
});

describe('45: refusal after a reply that left a server tool open', () => {
  const refusal = { events: reply({ content: ['No'], stop_reason: 'refusal' }) };

  it.each([
    ['a pause', reply({ content: ['Hm.', search('srvtoolu_1')], stop_reason: 'pause_turn' })],
    ['calls', reply({ content: [search('srvtoolu_1'), toolUse({ id: 't1', name: 'echo' })] })],
  ])('45: %s: a new user message behind `messages` is accepted', async (_what, events) => {
    const rounds = [{ events }, refusal];
    const held = await talk(await strict(rounds), rounds, [echo, webSearch]);
    expectSound(held);
    expect(held.end).toMatchObject({ reason: 'finished', stop_reason: 'refusal' });
  });
});

describe('46: unknown or null stop_reason', () => {
  it.each([['fatigue'], [null]])('46: %s: run ends with that reason, no tools run, no throw', async (stop_reason) => {
    for (const idempotent of [false, true]) {
      let runs = 0;
      const work = anyTool(
        'work',
        () => {
          runs++;
        },
        { idempotent },
      );
      const content = ['Text', toolUse({ id: 't1', name: 'work' })];
      const rounds = [{ events: reply({ content, stop_reason }) }];

      const held = await talk(await strict(rounds), rounds, [work]);

      expectSound(held);
      expect(held.end).toMatchObject({ reason: 'finished', stop_reason });
      expect(held.requests).toHaveLength(1);
      expect(runs).toBe(idempotent ? 1 : 0);
    }
  });

  it('46: a stop_reason in message_start alone, and none in message_delta', async () => {
    const events = textReply('Hi').map((event) =>
      (event as { type: string }).type === 'message_delta'
        ? { type: 'message_delta', delta: {}, usage: { output_tokens: 3 } }
        : event,
    );
    const held = await talk(await strict([{ events }]), [{ events }]);
    expect(held.error).toBeUndefined();
    expect(held.end).toMatchObject({ reason: 'finished', stop_reason: null });
  });
});

describe('49: maxRounds reached with pending calls', () => {
  it.each([1, 2])('49: after %i rounds: every call answered, never history with open calls', async (maxRounds) => {
    const call = (n: number) => ({
      events: callsReply(
        { id: `a${String(n)}`, name: 'echo' },
        { id: `b${String(n)}`, name: 'nope' },
        { id: `c${String(n)}`, name: 'echo', input: '{' },
      ),
    });
    const rounds = [call(1), call(2), call(3)];

    const held = await talk(await strict(rounds), rounds, [echo], { maxRounds });

    expectSound(held);
    expect(held.requests).toHaveLength(maxRounds);
    expect(held.end).toMatchObject({ reason: 'max_rounds', rounds: maxRounds });
    const answered = resultsOf({ messages: held.end.messages as never });
    expect(answered.map(({ tool_use_id }) => tool_use_id)).toEqual(
      ['a', 'b', 'c'].map((id) => `${id}${String(maxRounds)}`),
    );
  });

  it('49: with a server tool open beside the calls', async () => {
    const events = reply({ content: [search('srvtoolu_1'), toolUse({ id: 't1', name: 'echo' })] });
    const held = await talk(await strict([{ events }]), [{ events }], [echo, webSearch], { maxRounds: 1 });
    expectSound(held);
  });

  it('49: a budget ends it: the same holds', async () => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'echo' }, { id: 't2', name: 'nope' }) }];
    const held = await talk(await strict(rounds), rounds, [echo], { budget: { output_tokens: 10 } });
    expectSound(held);
    expect(held.end.reason).toBe('budget');
    expect(resultsOf(held.end as never)).toHaveLength(2);
  });

  it('49: stop$ ends it while a tool runs and another waits: every call answered', async () => {
    const stop$ = new Subject<void>();
    const stuck = anyTool('stuck', () => {
      setTimeout(() => {
        stop$.next();
      }, 5);
      return NEVER;
    });
    const rounds = [{ events: callsReply({ id: 't1', name: 'stuck' }, { id: 't2', name: 'echo' }) }];
    const options = { stop$, grace: 5, tools: { concurrency: 1 } };

    const held = await talk(await strict(rounds), rounds, [stuck, echo], options);

    expectSound(held);
    expect(held.end.reason).toBe('stopped');
    expect(resultsOf(held.end as never)).toMatchObject([
      { tool_use_id: 't1', is_error: true, content: expect.stringContaining('Stopped while running') as unknown },
      { tool_use_id: 't2', is_error: true, content: expect.stringContaining('Not run') as unknown },
    ]);
  });

  it('49: the next round fails: every call of the one before is answered, never history with open calls', async () => {
    const rounds = [
      { events: callsReply({ id: 't1', name: 'echo' }, { id: 't2', name: 'nope' }) },
      { events: textReply(['Half ', 'of it']).slice(0, 4) },
    ];
    const held = await talk(await strict(rounds), rounds, [echo], { retry: false });
    expectFailed(held);
    expect(held.end.rounds).toBe(2);
    expect(held.end.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(resultsOf({ messages: held.end.messages.slice(0, 3) as never })).toHaveLength(2);
  });

  it('49: stopWhen ends it: the same holds', async () => {
    const rounds = [{ events: callsReply({ id: 't1', name: 'echo' }) }];
    const held = await talk(await strict(rounds), rounds, [echo], { stopWhen: () => true });
    expectSound(held);
    expect(held.end.reason).toBe('stop_when');
    expect(started(held.events)).toEqual(['t1']);
  });

  it('49: max_tokens in the middle of a server tool: a new user message behind `messages` is accepted', async () => {
    const cut = serverToolUse({ id: 'srvtoolu_1', name: 'web_search', input: '{"query":"x' });
    const events = reply({ content: [text(['Hm.']), cut], stop_reason: 'max_tokens' });
    const held = await talk(await strict([{ events }]), [{ events }], [webSearch]);
    expectSound(held);
  });
});
