/**
 * Conversations over real HTTP in which all goes wrong that can. Each is decided by its seed: `CHAOS_SEED=123` holds that
 * one alone.
 */
import { fetchClient } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import { isFull, share, stretched } from '../support/runs.js';
import { sdkClient } from '../support/sdkClient.js';
import { chaosServer } from './support/chaosServer.js';
import { problemsOf } from './support/checks/problemsOf.js';
import { ALL_SIGHTS, sightsOf } from './support/checks/sightsOf.js';
import { eachSeed } from './support/eachSeed.js';
import { holdTalk } from './support/holdTalk.js';
import { atRest, heapInUse, holdings, leftSince } from './support/leftovers.js';

const ALONE = process.env['CHAOS_SEED'];
const AT_ONCE = 20;
const CONVERSATIONS = share(2_000);
jest.setTimeout(stretched(120_000));

it(`${CONVERSATIONS} conversations end with a reason and a whole history, and leave nothing behind`, async () => {
  const before = holdings();
  const rejections = watchRejections();
  const server = await chaosServer();
  const sdk = sdkClient(server.url);
  const patient = sdkClient(server.url, { maxRetries: 1 });
  const clients = [sdk, sdk.beta, patient, fetchClient({ baseURL: server.url })];
  const problems: string[] = [];
  const sights = new Set<string>();

  const hold = async (seed: number): Promise<void> => {
    const say = (problem: string): void => {
      problems.push(`seed ${String(seed)}: ${problem}`);
    };
    const talk = await holdTalk(server, clients, seed, say);
    problemsOf(talk).forEach(say);
    for (const sight of sightsOf(talk)) sights.add(sight);
    server.forget(seed);
  };

  if (ALONE !== undefined) await hold(Number(ALONE));
  else await eachSeed(1, CONVERSATIONS, AT_ONCE, hold);
  await atRest(() => server.openResponses() === 0);
  const openResponses = server.openResponses();
  await server.close();

  expect(problems).toEqual([]);
  expect(openResponses).toBe(0);
  expect(await rejections.seen()).toEqual([]);
  expect(await leftSince(before)).toEqual({});
  if (ALONE !== undefined || !isFull) return;
  expect(ALL_SIGHTS.filter((sight) => !sights.has(sight))).toEqual([]);
});

it('the second half takes no more memory than the first, over a client that keeps nothing itself', async () => {
  const server = await chaosServer();
  const clients = [fetchClient({ baseURL: server.url })];
  const heap: number[] = [];
  const half = CONVERSATIONS / 2;
  for (const first of [1, half + 1]) {
    await eachSeed(first, first + half - 1, AT_ONCE, async (seed) => {
      await holdTalk(server, clients, seed, () => undefined);
      server.forget(seed);
    });
    heap.push(await heapInUse());
  }
  await server.close();

  const [first = 0, second = 0] = heap;
  expect(second).toBeLessThanOrEqual(first * 1.05 + 2_000_000);
});
