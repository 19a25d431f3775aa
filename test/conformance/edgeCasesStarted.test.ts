/** PROTOCOL.md section 6, case 26: an SSE error after a tool of this reply was started. */
import { blockEvents, callsReply, reply, text, textReply, toolUse } from '../support/replies.js';
import type { CallSpec } from '../support/replies.js';
import type { Block } from '../support/strictRules/view.js';
import { only, pause } from './support/run.js';
import { servers } from './support/servers.js';
import { expectFailed, expectSound, quick, resultsOf, started, talk } from './support/talk.js';
import { anyTool } from './support/tools.js';
import { outputOf } from '../support/outcome.js';

const { strict } = servers();

const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
const done = { events: textReply('Done.') };

/** A reply of these calls that breaks off behind the first of them, or later. */
const broken = (calls: readonly CallSpec[], { at = 'call', delayMs = 0 } = {}) => {
  const events = callsReply(...calls) as Block[];
  const end = events.findIndex(({ type }) => type === (at === 'call' ? 'content_block_stop' : at));
  return { events: [...events.slice(0, end + 1), overloaded], delayMs };
};

/** A tool that may run twice, and what it was run with. */
function lookup(run: (signal: AbortSignal) => unknown = () => 'found') {
  const runs: { input: unknown; key: string; signal: AbortSignal }[] = [];
  const tool = anyTool(
    'lookup',
    (input, { signal, idempotencyKey: key }) => {
      runs.push({ input, key, signal });
      return run(signal);
    },
    { idempotent: true },
  );
  return { tool, runs };
}

const input = { city: 'Rome', at: { day: 1, hour: 2 } };

it('26: an idempotent tool that had finished is not run again on the retry, whatever the order of its keys', async () => {
  const { tool, runs } = lookup();
  const again = '{"at":{"hour":2,"day":1},"city":"Rome"}';
  const rounds = [
    broken([{ id: 't1', name: 'lookup', input }]),
    { events: callsReply({ id: 't8', name: 'lookup', input: again }) },
    done,
  ];

  const held = await talk(await strict(rounds), rounds, [tool], { retry: quick });

  expectSound(held);
  expect(runs).toHaveLength(1);
  expect(held.requests[1]).toEqual(held.requests[0]);
  expect(resultsOf(held.requests[2])).toEqual([{ type: 'tool_result', tool_use_id: 't8', content: 'found' }]);
  expect(only(held.events, 'tool_result').map((event) => [event.id, outputOf(event)])).toEqual([
    ['t1', 'found'],
    ['t8', 'found'],
  ]);
});

it('26: another call of the retry is run, and so is one that had failed', async () => {
  let runs = 0;
  const { tool } = lookup(() => {
    runs++;
    if (runs === 1) throw new Error('busy');
    return `run ${String(runs)}`;
  });
  const other = { id: 't2', name: 'lookup', input: { city: 'Oslo' } };
  const rounds = [
    broken([{ id: 't1', name: 'lookup', input }]),
    { events: callsReply({ id: 't1', name: 'lookup', input }, other) },
    done,
  ];

  const held = await talk(await strict(rounds), rounds, [tool], { retry: quick });

  expectSound(held);
  expect(resultsOf(held.requests[2]).map(({ content }) => content)).toEqual(['run 2', 'run 3']);
});

it('26: an idempotent tool that still runs is stopped and run again, with the same idempotency key', async () => {
  const { tool, runs } = lookup(async (signal) => pause(signal === runs[0]?.signal ? 100 : 1).then(() => 'found'));
  const call = { id: 't1', name: 'lookup', input };
  const rounds = [broken([call]), { events: callsReply({ ...call, id: 't8' }) }, done];

  const held = await talk(await strict(rounds), rounds, [tool], { retry: quick });

  expectSound(held);
  expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  expect(runs[0]!.key).toBe(runs[1]!.key);
  expect(only(held.events, 'tool_result').map(({ id }) => id)).toEqual(['t8']);
});

it('26: with a tool started that is not idempotent, the retry is refused with the original error', async () => {
  const paid: unknown[] = [];
  const pay = anyTool('pay', (amount) => paid.push(amount));
  const rounds = [
    broken([{ id: 't1', name: 'pay', input: { euros: 5 } }], { at: 'message_delta' }),
    { events: callsReply({ id: 't8', name: 'pay', input: { euros: 5 } }) },
  ];

  const held = await talk(await strict(rounds), rounds, [pay], { retry: quick });

  expectFailed(held);
  expect(held.error).toMatchObject({ type: 'overloaded_error', status: undefined });
  expect(only(held.events, 'round_retry')).toEqual([]);
  expect(paid).toEqual([{ euros: 5 }]);
  expect(held.requests).toHaveLength(1);
  expect(resultsOf(held.end as never)).toEqual([{ type: 'tool_result', tool_use_id: 't1', content: '1' }]);
});

it('26: a tool that is not idempotent waits for the end of its reply, so the retry finds it unrun', async () => {
  const runs: unknown[] = [];
  const pay = anyTool('pay', (amount) => runs.push(amount));
  const call = { id: 't1', name: 'pay', input: { euros: 5 } };
  const rounds = [broken([call]), { events: callsReply(call) }, done];

  const held = await talk(await strict(rounds), rounds, [pay], { retry: quick });

  expectSound(held);
  expect(runs).toEqual([{ euros: 5 }]);
  expect(started(held.events)).toEqual(['t1']);
});

it('26: the retry answers otherwise: what the tool found is not sent, and nothing is left open', async () => {
  const { tool, runs } = lookup();
  const first = reply({ content: [text('I look.'), toolUse({ id: 't1', name: 'lookup', input })] });
  const rounds = [{ events: [...first.slice(0, -2), overloaded] }, done];

  const held = await talk(await strict(rounds), rounds, [tool], { retry: quick });

  expectSound(held);
  expect(runs).toHaveLength(1);
  expect(held.end.messages.slice(1)).toEqual([{ role: 'assistant', content: [{ type: 'text', text: 'Done.' }] }]);
});

it('26: it fails for good: what the tool of the last attempt found is in the history', async () => {
  const { tool, runs } = lookup();
  const call = { id: 't1', name: 'lookup', input };
  const half = blockEvents(toolUse({ id: 't2', name: 'lookup', input: { city: 'Oslo' } }), 1).slice(0, -1);
  const last = { events: [...broken([call]).events.slice(0, -1), ...half, overloaded] };
  const rounds = [broken([call]), last];

  const held = await talk(await strict(rounds), rounds, [tool], { retry: { ...quick, retries: 1 } });

  expectFailed(held);
  expect(runs).toHaveLength(1);
  const [, said, results] = held.end.messages;
  // The call that is not whole is gone.
  expect(said!.content).toMatchObject([{ type: 'tool_use', id: 't1', input }]);
  expect(results!.content).toEqual([{ type: 'tool_result', tool_use_id: 't1', content: 'found' }]);
  expect(started(held.events)).toEqual(['t1']);
});
