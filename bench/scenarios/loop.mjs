import { between, seededRandom } from '../bytes/random.mjs';
import { expectSame, pause } from '../lib/measure.mjs';
import { promptOf } from '../server/answering.mjs';
import { startServer } from '../server/start.mjs';

const names = ['get_weather', 'get_time', 'get_news', 'get_traffic'];
const random = seededRandom(5);
/** How long the tools of each round take, in milliseconds. */
const durations = Array.from({ length: 20 }, () => names.map(() => between(random, 50, 150)));

export default {
  name: 'loop',
  title: 'A tool loop against its critical path',
  about: `5 rounds with 4 tool calls each, and the answer. The server writes an event every 8 ms; a tool takes 50 to 150 ms. The
critical path is what the best client needs: it starts a tool when its input has been written, and asks again when the last tool and the
reply are done. It is reckoned from when the server really wrote and how long the tools really took, so that the jitter
of neither counts. rxclaude's tools are \`idempotent\`, as tools that only look things up are.`,
  needs: 'converse',
  rounds: 3,
  contenders: [
    'rxclaude-converse',
    'rxclaude-threads',
    'sdk-tool-runner',
    'sdk-tool-runner-eager',
    'ai',
    'langchain',
    'bare-fetch',
  ],
  sizes: { full: { rounds: 6, conversations: 1 }, quick: { rounds: 3, conversations: 1 } },
  tables: [
    {
      id: 'loop',
      title: 'Wall time',
      columns: { ratio: 'to the critical path, ×', late: 'later than that, ms a round', total: 'in all, ms' },
      chart: ['ratio'],
    },
  ],

  async measure(contender, { rounds, conversations }) {
    const server = await startServer('loop', { tools: names, eventMs: 8 });
    const watch = createToolWatch();
    const run = contender.converse(server, watch.tools, rounds);
    const results = [];
    // A short one opens the connection and warms the code.
    await contender.converse(server, watch.tools, 2)(promptOf(0, 2));
    await pause(20);
    for (let id = 1; id <= conversations; id++) {
      watch.clear();
      const heard = listen(server, rounds);
      const start = performance.now();
      expectSame('rounds', await run(promptOf(id, rounds)), rounds);
      const wall = performance.now() - start;
      const path = criticalPath(await heard, watch.took);
      results.push({ ratio: wall / path, late: (wall - path) / rounds, total: wall });
      await pause(20);
    }
    await server.stop();
    return ['ratio', 'late', 'total'].map((column) => ({
      table: 'loop',
      column,
      values: results.map((result) => result[column]),
    }));
  },
};

/** Tools that take their time, and note how much it really was, by round and place. */
function createToolWatch() {
  const took = new Map();
  const tools = names.map((name, place) => ({
    name,
    description: `Looks something up: ${name}.`,
    async run(query) {
      const round = Number(/number (\d+)/.exec(query)[1]);
      const start = performance.now();
      await pause(durations[round - 1][place]);
      took.set(`${round} ${place}`, performance.now() - start);
      return `What there is to know about ${name}.`;
    },
  }));
  return { tools, took, clear: () => took.clear() };
}

async function listen(server, rounds) {
  const written = [];
  while (written.length < rounds) written.push(await server.next('round'));
  return written;
}

/** Milliseconds from the first request to the end of the last reply, if nobody ever waited in vain. */
function criticalPath(written, took) {
  return written.reduce((sum, { number, received, ended, calls }) => {
    const answered = calls.map((at, place) => at + took.get(`${number} ${place}`));
    return sum + Math.max(ended, ...answered) - received;
  }, 0);
}
