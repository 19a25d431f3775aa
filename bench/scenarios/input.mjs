import { shapes } from '../bytes/inputs.mjs';
import { inputReply } from '../bytes/replies.mjs';
import { serving } from '../bytes/serve.mjs';
import { chunksOf } from '../bytes/sse.mjs';
import { readFloor } from '../floor.mjs';
import { alternate, expectSame } from '../lib/measure.mjs';

export default {
  name: 'input',
  title: 'Large tool input, final value only',
  about:
    'A tool input of 400 KB in pieces of about 20 characters, 16 events a chunk; its value is looked at when it is complete.',
  needs: 'readInput',
  rounds: 2,
  contenders: [
    'rxclaude-stream',
    'rxclaude-converse',
    'sdk-raw',
    'sdk-message-stream',
    'sdk-tool-runner',
    'sdk-tool-runner-eager',
    'ai',
    'langchain',
  ],
  sizes: {
    full: { kilobytes: 400, milliseconds: 600, least: 1 },
    quick: { kilobytes: 100, milliseconds: 100 },
  },
  tables: [
    {
      id: 'ratio',
      title: 'CPU to the floor with the same chunks',
      unit: '×',
      columns: { records: 'records', string: 'one string' },
      chart: ['records', 'string'],
    },
  ],

  async measure(contender, { kilobytes, ...effort }) {
    const cells = [];
    for (const column of ['records', 'string']) {
      const json = shapes[column](kilobytes * 1000);
      const chunks = chunksOf(inputReply(json), 16);
      const read = contender.readInput({ baseURL: 'http://bench.invalid', fetch: serving(chunks) });
      const check = (input) => expectSame('the same input', JSON.stringify(input) === json, true);
      const { ratio } = await alternate(() => readFloor(chunks), read, { ...effort, check });
      cells.push({ table: 'ratio', column, values: ratio });
    }
    return cells;
  },
};
