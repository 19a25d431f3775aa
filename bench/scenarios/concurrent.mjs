import { monitorEventLoopDelay } from 'node:perf_hooks';
import bareFetch, { threadedFetch } from '../contenders/bare-fetch.mjs';
import { cost, expectSame } from '../lib/measure.mjs';
import { promptOf } from '../server/answering.mjs';
import { startServer } from '../server/start.mjs';

const resolution = 5;
const tools = [{ name: 'look_up', description: 'Looks something up.', run: async () => 'What was found. '.repeat(20) }];

export default {
  name: 'concurrent',
  title: '1 000 conversations at once',
  about: `Each has two rounds and a tool call; a reply comes in 5 chunks, one every 200 ms, so that all are under way at the
same time. One process, one client, a connection each. The floor is the bare \`fetch\` loop, measured in the same process.
Memory is what is held half-way, after a garbage collection; delay is how late the event loop is.`,
  needs: 'converse',
  flags: ['--expose-gc'],
  rounds: 2,
  once: ['ai', 'langchain'],
  contenders: ['rxclaude-converse', 'rxclaude-threads', 'sdk-tool-runner', 'sdk-tool-runner-eager', 'ai', 'langchain'],
  sizes: {
    full: { conversations: 1000, perChunk: 6, milliseconds: 200 },
    quick: { conversations: 100, perChunk: 6, milliseconds: 50 },
  },
  tables: [
    {
      id: 'concurrent',
      title: 'All conversations together',
      columns: {
        ratio: 'CPU to the floor, ×',
        cpu: 'CPU, ms a conversation',
        wall: 'wall, s',
        median: 'delay, median, ms',
        late: 'delay, 99 %, ms',
        worst: 'delay, worst, ms',
        held: 'heap, KB a conversation',
        resident: 'peak resident, MB',
      },
      chart: ['ratio'],
    },
  ],

  async measure(contender, { conversations, ...pace }) {
    const server = await startServer('paced', pace);
    const all = (who, count, rounds = 2) => runAll(who.converse(server, tools, rounds), count, rounds);
    const floor = contender.threaded ? threadedFetch : bareFetch;
    // Both are warm, and all connections open, before anything is measured.
    await all(contender, 20);
    await all(floor, conversations, 1);

    const below = await watched(() => all(floor, conversations));
    const above = await watched(() => all(contender, conversations));
    const resident = process.resourceUsage().maxRSS / 1024;
    const held = await heldHalfWay(() => all(contender, conversations), above.wall);
    await server.stop();

    const figures = ({ cpu, wall, delay }) => ({
      ratio: cpu / below.cpu,
      cpu: cpu / conversations,
      wall: wall / 1000,
      median: lateness(delay.percentile(50)),
      late: lateness(delay.percentile(99)),
      worst: lateness(delay.max),
    });
    const cells = (row, found) =>
      Object.entries(found).map(([column, value]) => ({ table: 'concurrent', row, column, values: [value] }));
    return [
      ...cells(floor.name, figures(below)),
      ...cells(contender.name, { ...figures(above), held: held / conversations / 1024, resident }),
    ];
  },
};

/** What some work cost, and how late the event loop was meanwhile. */
async function watched(work) {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const found = await cost(work);
  delay.disable();
  return { ...found, delay };
}

let started = 0;

async function runAll(run, count, rounds) {
  const made = await Promise.all(Array.from({ length: count }, () => run(promptOf(++started, rounds))));
  for (const number of made) expectSame('rounds', number, rounds);
}

/** Nanoseconds between two looks at the clock, as milliseconds too late. */
const lateness = (nanoseconds) => Math.max(nanoseconds / 1e6 - resolution, 0);

/** The growth of the heap in the middle of what the work does, in bytes; what could be collected does not count. */
async function heldHalfWay(work, wall) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const done = work();
  const grown = await new Promise((resolve) => {
    setTimeout(() => {
      globalThis.gc();
      resolve(process.memoryUsage().heapUsed - before);
    }, wall / 2);
  });
  await done;
  return grown;
}
