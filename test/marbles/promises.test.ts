import Anthropic from '@anthropic-ai/sdk';
import { asyncScheduler, asapScheduler, animationFrameScheduler, delay, firstValueFrom, of, timer } from 'rxjs';
import { z } from 'zod';
import { claudeStream, converse, defineTool, jsonSchema } from '../../src/index.js';
import { claude, marbleWithPromises, runMarbleWithPromises } from '../../marbles/index.js';
import { cassetteFromRecording, replay } from '../../marbles/recordings/index.js';
import { toSse } from '../support/sse.js';
import { request } from './support/answering.js';

// k a tool_use block starts  i a piece of a tool's input  c content_block_stop  w message_delta with stop_reason tool_use
// B round_start  E round_end  C conversation_end  I tool_input  K tool_call  S tool_start  P tool_progress  W tool_result

/** A tool that does its work in promises. */
function promising(run: (context: { readonly signal: AbortSignal }) => unknown) {
  const input = jsonSchema({ type: 'object' });
  return defineTool({ name: 'look_up', description: 'Looks up.', input, run: (_, context) => run(context) });
}

const call = { k: claude.toolUse('toolu_1', 'look_up') };

describe('in a marble test with promises', () => {
  marbleWithPromises('an async tool takes the time that it waits for', ({ reply, scriptClaude, expectEvents }) => {
    const client = scriptClaude(reply('s-k-wm|', call), 's-(em|)');
    const tool = promising(async () => {
      for (let hops = 0; hops < 50; hops++) await Promise.resolve();
      await firstValueFrom(timer(5));
      return 'found';
    });
    const expected = '[Bs]-[kiIcK]-[wS]m---[WEBs]-(emEC|)';

    expectEvents(converse(client, { ...request, tools: [tool] })).toBe(expected, {
      W: { outcome: { right: 'found' }, duration: 5 },
    });
  });

  marbleWithPromises('an async iterable tells its progress', ({ reply, scriptClaude, expectEvents }) => {
    const client = scriptClaude(reply('s-k-wm|', call), 's-(em|)');
    const tool = promising(async function* () {
      for (const step of ['one', 'two', 'three']) {
        await firstValueFrom(timer(2));
        yield step;
      }
    });
    const expected = '[Bs]-[kiIcK]-[wS]mP-P-[WEBs]-(emEC|)';

    expectEvents(converse(client, { ...request, tools: [tool] })).toBe(expected, {
      W: { outcome: { right: 'three' } },
    });
  });

  marbleWithPromises('an async tool is stopped by its time', ({ reply, scriptClaude, expectEvents }) => {
    const client = scriptClaude(reply('s-k-wm|', call), 's-(em|)');
    const tool = { ...promising(async () => new Promise(() => undefined)), timeout: 4 };
    const expected = '[Bs]-[kiIcK]-[wS]m--[XEBs]-(emEC|)';

    expectEvents(converse(client, { ...request, tools: [tool] })).toBe(expected, {
      X: { outcome: { left: { milliseconds: 4 } } },
    });
  });

  marbleWithPromises(
    'unsubscribing aborts it',
    async ({ reply, scriptClaude, expectEvents, expectRequests, flush }) => {
      const aborts: number[] = [];
      const client = scriptClaude(reply('s-k-wm|', call));
      const tool = promising(
        async ({ signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              aborts.push(asyncScheduler.now());
              resolve('late');
            });
          }),
      );
      expectEvents(converse(client, { ...request, tools: [tool] }), '^--------!').toBe('[Bs]-[kiIcK]-[wS]m---');
      expectRequests(client).toBe('^-----|');
      await flush();
      expect(aborts).toEqual([9]);
    },
  );

  marbleWithPromises('an asynchronous schema and guard are waited for', ({ reply, scriptClaude, expectEvents }) => {
    const client = scriptClaude(reply('s-k-wm|', { k: claude.toolUse('toolu_1', 'pay', { sum: 3 }) }), 's-(em|)');
    const pay = defineTool({
      name: 'pay',
      description: 'Pays.',
      input: z.object({ sum: z.number().refine(async (sum) => Promise.resolve(sum > 0)) }),
      guard: async () => firstValueFrom(of(true).pipe(delay(3))),
      run: ({ sum }) => `paid ${sum}`,
    });
    const expected = '[Bs]-[kiIcK]-[wA]m-[DSWEBs]-(emEC|)';

    expectEvents(converse(client, { ...request, tools: [pay] })).toBe(expected, {
      W: { outcome: { right: 'paid 3' } },
    });
  });

  marbleWithPromises("the SDK's own client replays a recording in virtual time", ({ expectEvents }) => {
    const tape = replay(cassetteFromRecording([{ sse: toSse(claude.message(claude.textBlock('Hel', 'lo'))) }]), {
      check: false,
    });
    const client = new Anthropic({ apiKey: 'test-key', fetch: tape.fetch, maxRetries: 0 });
    const expected = '- 19ms s-o-t-t-c-e-(m|)';

    expectEvents(claudeStream(client, request)).toBe(expected);
  });

  marbleWithPromises("rxjs's own helpers are there", async (helpers) => {
    const { cold, hot, time, expectObservable, expectSubscriptions, flush } = helpers;
    const source = hot('-a-b-|');
    expectObservable(source).toBe('-a-b-|');
    expectObservable(cold('5ms (a|)')).toBe('5ms (a|)');
    expectObservable(timer(time('---|'))).toEqual(cold('---(a|)', { a: 0 }));
    expectSubscriptions(source.subscriptions).toBe('^----!');
    await flush();
    // Five milliseconds have passed.
    expectObservable(cold('-b|')).toBe('------b|');
  });

  it('fails as any other, at its place', async () => {
    const failing = runMarbleWithPromises(({ scriptClaude, expectEvents }) => {
      expectEvents(converse(scriptClaude('s-(em|)'), request)).toBe('(Bs)');
    });
    await expect(failing).rejects.toThrow(/^The events are not as expected/);
    await expect(
      runMarbleWithPromises(({ scriptClaude }) => {
        scriptClaude('s-(em|)');
      }),
    ).rejects.toThrow('Replies are left over');
  });

  it('fails with what the test fails with', async () => {
    const boom = new Error('boom');
    await expect(
      runMarbleWithPromises(async () => {
        await Promise.resolve();
        throw boom;
      }),
    ).rejects.toBe(boom);
  });
});

describe("rxjs's clocks", () => {
  const clocks = [asyncScheduler, asapScheduler, animationFrameScheduler];

  it('are restored after it, also when it fails', async () => {
    const before = clocks.map(({ now, schedule }) => [now, schedule]);
    await runMarbleWithPromises(() => {
      expect(asyncScheduler.now()).toBe(0);
    });
    await runMarbleWithPromises(() => Promise.reject(new Error('boom'))).catch(() => undefined);
    expect(clocks.map(({ now, schedule }) => [now, schedule])).toEqual(before);
    expect(clocks.map((clock) => Object.hasOwn(clock, 'schedule'))).toEqual([false, false, false]);
    await expect(firstValueFrom(timer(1))).resolves.toBe(0);
  });

  it('cannot follow two tests at the same time', async () => {
    const first = runMarbleWithPromises(async ({ flush }) => flush());
    await expect(runMarbleWithPromises(() => undefined)).rejects.toThrow('cannot run at the same time');
    await first;
  });
});
