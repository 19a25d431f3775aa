/** PROTOCOL.md section 6, case 54: calls that must be approved. */
import { map, Subject, timer } from 'rxjs';
import { converse } from 'rxclaude';
import type { ConverseOptions, Guard } from 'rxclaude';
import { callsReply, textReply } from '../support/replies.js';
import { sdkClient } from '../support/sdkClient.js';
import { watchRejections } from './support/rejections.js';
import { only, pause, start } from './support/run.js';
import { servers } from './support/servers.js';
import { endOf, expectSound, question, resultsOf, started, talk } from './support/talk.js';
import { anyTool } from './support/tools.js';
import { failureOf } from '../support/outcome.js';

const { strict } = servers();

/** A tool that counts its runs. */
function payment(guard?: Guard) {
  const runs: unknown[] = [];
  const pay = anyTool('pay', (input) => {
    runs.push(input);
    return 'paid';
  });
  return { runs, pay: guard === undefined ? pay : { ...pay, guard } };
}

const call = (id: string, euros: number) => ({ id, name: 'pay', input: { euros } });
const rounds = [{ events: callsReply(call('t1', 5), call('t2', 5000)) }, { events: textReply('Done.') }];
const isLarge = (input: unknown): boolean => (input as { euros: number }).euros > 100;

describe('54: approval denied', () => {
  const ways: readonly [what: string, guard: Guard, words: RegExp][] = [
    ['with words', (input) => !isLarge(input) || 'The user said no.', /was not run: The user said no\./],
    ['with words, later', async (input) => !isLarge(input) || 'No.', /was not run: No\./],
    ['by an Observable', (input) => timer(1).pipe(map(() => !isLarge(input) || 'No.')), /was not run: No\./],
    ['with false', (input) => !isLarge(input), /was not run: Not allowed\./],
    [
      'by a guard that throws',
      (input) => {
        if (isLarge(input)) throw new Error('no answer');
      },
      /the check failed/,
    ],
    [
      'by a guard that rejects',
      async (input) => (isLarge(input) ? Promise.reject(new Error('no answer')) : true),
      /the check failed/,
    ],
  ];

  it.each(ways)('54: %s: is_error result, the other call is run, the run goes on', async (_what, guard, words) => {
    for (const own of [true, false]) {
      const watch = watchRejections();
      const { pay, runs } = payment(own ? guard : undefined);

      const held = await talk(await strict(rounds), rounds, [pay], own ? {} : { tools: { guard } });

      expectSound(held);
      expect(runs).toEqual([{ euros: 5 }]);
      expect(started(held.events)).toEqual(['t1']);
      expect(resultsOf(held.requests[1])).toMatchObject([
        { tool_use_id: 't1', content: 'paid' },
        { tool_use_id: 't2', is_error: true, content: expect.stringMatching(words) as unknown },
      ]);
      expect(only(held.events, 'tool_result').filter(({ outcome }) => outcome._tag === 'Left')).toMatchObject([
        { id: 't2', outcome: { left: { _tag: 'Refused' } }, duration: 0 },
      ]);
      expect(await watch.seen()).toEqual([]);
    }
  });
});

describe('54: approval stays pending', () => {
  /** A conversation whose guard does not answer before it is told to. */
  async function asking(options: ConverseOptions = {}) {
    const server = await strict(rounds);
    const { pay, runs } = payment();
    const signals: AbortSignal[] = [];
    let answer: (verdict: boolean) => void = () => undefined;
    const verdict = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const guard: Guard = async (_input, { signal }) => {
      signals.push(signal);
      return verdict;
    };
    const asked = converse(
      sdkClient(server.url),
      { ...question, tools: [pay] },
      { ...options, tools: { ...options.tools, guard } },
    );
    const running = start(asked);
    await running.until(({ type }) => type === 'message_stop');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    return { server, running, runs, signals, answer };
  }

  it('54: on unsubscribe: clean teardown, and a late yes runs nothing', async () => {
    const watch = watchRejections();
    const { server, running, runs, signals, answer } = await asking();
    const before = running.events.length;

    running.subscription.unsubscribe();

    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    answer(true);
    await pause(20);
    expect(runs).toEqual([]);
    expect(running.events).toHaveLength(before);
    expect(server.requests).toHaveLength(1);
    expect(server.openSockets()).toBe(0);
    expect(await watch.seen()).toEqual([]);
  });

  it.each([
    ['in its time of grace', 0],
    ['behind it', 40],
  ])('54: on stop$: answered as not run, and a yes %s runs nothing', async (_when, late) => {
    const stop$ = new Subject<void>();
    const { server, running, runs, answer } = await asking({ stop$, grace: 20 });

    stop$.next();
    await pause(late);
    answer(true);

    const { events, completed } = await running.outcome;
    await pause(10);
    expect(completed).toBe(true);
    expect(runs).toEqual([]);
    expect(started(events)).toEqual([]);
    const end = endOf(events);
    expect(end.reason).toBe('stopped');
    expect(resultsOf(end as never)).toMatchObject([
      { tool_use_id: 't1', is_error: true, content: expect.stringMatching(/^(Error: )?Not run: /) as unknown },
      { tool_use_id: 't2', is_error: true, content: expect.stringMatching(/^(Error: )?Not run: /) as unknown },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it('54: its time is up while it is pending: is_error result, the run goes on', async () => {
    const { running, runs, server } = await asking({ tools: { approvalTimeout: 20 } });

    const { events, error } = await running.outcome;

    expect(error).toBeUndefined();
    expect(runs).toEqual([]);
    expect(server.refusals).toEqual([]);
    expect(only(events, 'tool_result').map(failureOf)).toMatchObject([{ _tag: 'Refused' }, { _tag: 'Refused' }]);
    expect(only(events, 'approval_decision')).toMatchObject([
      { id: 't1', decision: 'expired' },
      { id: 't2', decision: 'expired' },
    ]);
  });
});
