import { shapes } from '../bytes/inputs.mjs';
import { inputReply } from '../bytes/replies.mjs';
import { serving } from '../bytes/serve.mjs';
import { chunksOf } from '../bytes/sse.mjs';
import { readFloor } from '../floor.mjs';
import { alternate, expectSame } from '../lib/measure.mjs';
import { exponent, median } from '../lib/statistics.mjs';

const sizeColumns = (sizes) => Object.fromEntries(sizes.map((size) => [size, `${size} KB`]));
const common = [25, 50];
const large = [50, 200, 800, 1000];
const names = { records: 'records', string: 'one string', deep: 'deep nesting' };

export default {
  name: 'live',
  title: 'Large tool input, live',
  about: `The same replies, but the value so far is read at every piece. Most parse the whole text anew for each piece, which is
quadratic: only sizes that all can finish are compared, and the large ones are rxclaude's alone.`,
  needs: 'watchInput',
  rounds: 2,
  once: ['ai', 'langchain'],
  contenders: ['rxclaude-stream', 'sdk-message-stream', 'ai', 'langchain'],
  sizes: {
    full: { large, milliseconds: 250, least: 3, warmUp: 150 },
    quick: { large: [50, 200], milliseconds: 50, warmUp: 100 },
  },
  tables: [
    {
      id: 'common',
      title: 'Records: CPU to the floor with the same chunks',
      unit: '×',
      columns: sizeColumns(common),
      chart: ['25', '50'],
    },
    {
      id: 'large',
      title: 'rxclaude on large inputs: CPU to the floor, and the exponent of its growth (1 is linear)',
      unit: '×',
      columns: { ...sizeColumns(large), exponent: 'exponent' },
    },
  ],

  async measure(contender, { large: sizes, ...effort }) {
    const cells = [];
    for (const size of common) {
      const { ratio } = await watch(contender, shapes.records(size * 1000), { ...effort, least: 1 });
      cells.push({ table: 'common', column: size, values: ratio });
    }
    if (!contender.watchesLargeInput) return cells;
    for (const [shape, write] of Object.entries(shapes)) {
      const points = [];
      for (const size of sizes) {
        const { ratio, cpu } = await watch(contender, write(size * 1000), effort);
        cells.push({ table: 'large', row: names[shape], column: size, values: ratio });
        points.push([size, median(cpu)]);
      }
      cells.push({ table: 'large', row: names[shape], column: 'exponent', values: [exponent(points)] });
    }
    return cells;
  },
};

async function watch(contender, json, effort) {
  const chunks = chunksOf(inputReply(json), 16);
  const read = contender.watchInput({ baseURL: 'http://bench.invalid', fetch: serving(chunks) });
  const check = (last) => expectSame('the whole input in the end', JSON.stringify(last) === json, true);
  return alternate(() => readFloor(chunks), read, { ...effort, check });
}
