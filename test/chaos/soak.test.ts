/** Runs that are left at any point. Nothing of them is there any more, most of it in the very same turn. */
import { fetchClient } from 'rxclaude';
import { watchRejections } from '../conformance/support/rejections.js';
import type { RejectionWatch } from '../conformance/support/rejections.js';
import { isFull, share, stretched } from '../support/runs.js';
import { sdkClient } from '../support/sdkClient.js';
import { allPoints, cancelledRun } from './support/cancelledRun.js';
import type { Point } from './support/cancelledRun.js';
import { createChance } from './support/chance.js';
import { chaosServer } from './support/chaosServer.js';
import { problemsOf } from './support/checks/problemsOf.js';
import { eachSeed } from './support/eachSeed.js';
import { holdTalk } from './support/holdTalk.js';
import { atRest, holdings, leftSince } from './support/leftovers.js';
import type { Holdings } from './support/leftovers.js';
import { anyMoment } from './support/leaving.js';
import type { Leaving } from './support/leaving.js';

jest.setTimeout(stretched(120_000));

let before: Holdings;
let rejections: RejectionWatch;
let problems: string[];
const sayFor = (seed: number) => (problem: string) => {
  problems.push(`seed ${String(seed)}: ${problem}`);
};

beforeEach(() => {
  before = holdings();
  rejections = watchRejections();
  problems = [];
});
afterEach(async () => {
  expect(problems).toEqual([]);
  expect(await rejections.seen()).toEqual([]);
  expect(await leftSince(before)).toEqual({});
});

it(`${share(9_000)} runs over a client in memory`, async () => {
  const reached = new Map<Point, number>();
  await eachSeed(1, share(9_000), 100, async (seed) => {
    const point = await cancelledRun(seed, sayFor(seed));
    reached.set(point, (reached.get(point) ?? 0) + 1);
  });
  for (const point of allPoints) expect(reached.get(point)).toBeGreaterThan(isFull ? share(500) : 0);
});

it(`${share(1_000)} runs over HTTP`, async () => {
  const server = await chaosServer();
  const clients = [sdkClient(server.url), fetchClient({ baseURL: server.url })];

  await eachSeed(1, share(1_000), 20, async (seed) => {
    const talk = await holdTalk(server, clients, seed, sayFor(seed), unsubscribing(seed));
    problemsOf(talk).forEach(sayFor(seed));
    server.forget(seed);
  });
  await atRest(() => server.openResponses() === 0);

  expect(server.openResponses()).toBe(0);
  await server.close();
});

function unsubscribing(seed: number): Leaving {
  return { how: 'unsubscribe', when: anyMoment(createChance(seed, 10)), grace: 20 };
}
