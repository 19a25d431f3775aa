import bareFetch, { threadedFetch } from '../contenders/bare-fetch.mjs';
import { alternate, expectSame } from '../lib/measure.mjs';
import { median } from '../lib/statistics.mjs';
import { promptOf } from '../server/answering.mjs';
import { startServer } from '../server/start.mjs';

const lengths = [100, 200, 400];
const quickLengths = [20, 40];
const result = 'A line of what was found, and where. '.repeat(11);
const tools = [{ name: 'look_up', description: 'Looks something up.', run: async () => result }];
const columns = Object.fromEntries([...quickLengths, ...lengths].map((length) => [length, `${length} rounds`]));

export default {
  name: 'rounds',
  title: 'Long conversations',
  about: `Conversations of 100, 200 and 400 rounds with a call each, answered at once. The floor is a loop of bare \`fetch\` that
sends the same: the whole history each time, or, for those that use the server's threads, what is new.`,
  needs: 'converse',
  rounds: 2,
  once: ['ai', 'langchain'],
  contenders: [
    'rxclaude-converse',
    'rxclaude-threads',
    'sdk-tool-runner',
    'sdk-tool-runner-eager',
    'sdk-tool-runner-unthreaded',
    'ai',
    'langchain',
  ],
  sizes: {
    full: { lengths },
    quick: { lengths: quickLengths },
  },
  tables: [
    { id: 'ratio', title: 'CPU per round to the bare loop that does the same', unit: '×', columns },
    {
      id: 'cpu',
      title: 'CPU per round',
      unit: 'ms',
      columns: { ...columns, growth: 'longest to shortest, ×' },
      chart: lengths.map(String),
    },
  ],

  async measure(contender, { lengths }) {
    const server = await startServer('rounds');
    const floor = contender.threaded ? threadedFetch : bareFetch;
    const costs = [];
    const cells = [];
    const warm = Math.max(...lengths);
    await running(floor, server, warm)();
    await running(contender, server, warm)();
    for (const length of lengths) {
      const { ratio, cpu, floorCpu } = await alternate(
        running(floor, server, length),
        running(contender, server, length),
        { milliseconds: 0, least: 1, warmUp: 0 },
      );
      const perRound = cpu.map((milliseconds) => milliseconds / length);
      const bare = floorCpu.map((milliseconds) => milliseconds / length);
      costs.push(median(perRound));
      cells.push({ table: 'cpu', row: floor.name, column: length, values: bare });
      cells.push({ table: 'cpu', column: length, values: perRound });
      cells.push({ table: 'ratio', column: length, values: ratio });
    }
    cells.push({ table: 'cpu', column: 'growth', values: [costs.at(-1) / costs[0]] });
    await server.stop();
    return cells;
  },
};

let conversations = 0;

function running(contender, server, length) {
  const run = contender.converse(server, tools, length);
  return async () => expectSame('rounds', await run(promptOf(++conversations, length)), length);
}
