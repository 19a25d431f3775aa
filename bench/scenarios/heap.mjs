import { shapes } from '../bytes/inputs.mjs';
import { inputReply, plain, textOf, textReply } from '../bytes/replies.mjs';
import { serving } from '../bytes/serve.mjs';
import { chunksOf } from '../bytes/sse.mjs';
import { expectSame } from '../lib/measure.mjs';

const size = 2 ** 20;
const baseURL = 'http://bench.invalid';
/** After how many chunks the heap is looked at: with a collection, and without. */
const every = { live: 200, raw: 1 };

export default {
  name: 'heap',
  title: 'Peak heap of a reply of 1 MB',
  about: `1 MB of text, or of tool input, in pieces of about 20 characters; on the wire that is seven times as much, and lies
outside the heap. Live: the most that a full garbage collection leaves, looked at every 3 200 events. Raw: the most that
was in use, garbage included, looked at every 16 events. Both less what was in use before. The text is ASCII, but
for the second column: with one curly quote or dash in it, V8 holds it in two bytes a character, whoever reads it.`,
  needs: 'readEvents',
  flags: ['--expose-gc'],
  rounds: 1,
  contenders: [
    'rxclaude-stream',
    'rxclaude-converse',
    'rxclaude-snapshots',
    'sdk-raw',
    'sdk-message-stream',
    'sdk-tool-runner',
    'sdk-tool-runner-eager',
    'ai',
    'langchain',
  ],
  sizes: { full: { size }, quick: { size: size / 8 } },
  tables: [
    {
      id: 'heap',
      title: 'Peak heap',
      columns: {
        text: 'text, live, ×',
        wide: 'with curly quotes, live, ×',
        string: 'input, one string, live, ×',
        records: 'input, records, live, ×',
        raw: 'text, raw, MB',
      },
      chart: ['text', 'string', 'records'],
    },
  ],

  async measure(contender, { size }) {
    const cells = [];
    const add = (column, value) => cells.push({ table: 'heap', column, values: [value] });
    for (const [column, write, read] of kindsOf(contender)) {
      const chunks = chunksOf(write(size), 16);
      const warm = read({ baseURL, fetch: serving(chunksOf(write(20_000), 16)) });
      for (let run = 0; run < 20; run++) await warm();
      add(column, (await peak(read, chunks, every.live, () => globalThis.gc())) / size);
      if (column === 'text') add('raw', (await peak(read, chunks, every.raw, () => undefined)) / 2 ** 20);
    }
    return cells;
  },
};

/** Column, bytes and reading. */
const kindsOf = ({ readEvents, readInput }) => [
  ['text', (size) => textReply(plain(textOf(size))), readEvents],
  ['wide', (size) => textReply(textOf(size)), readEvents],
  ...(readInput
    ? [
        ['string', (size) => inputReply(plain(shapes.string(size))), readInput],
        ['records', (size) => inputReply(plain(shapes.records(size))), readInput],
      ]
    : []),
];

/** The most that the heap grew while a reply was read, in bytes. */
async function peak(read, chunks, every, collect) {
  let most = 0;
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const look = (at) => {
    if (at % every !== 0 && at !== chunks.length) return;
    collect();
    most = Math.max(most, process.memoryUsage().heapUsed - before);
  };
  const found = await read({ baseURL, fetch: serving(chunks, look) })();
  look(chunks.length);
  expectSame('a reply', found !== undefined, true);
  return most;
}
