import { textOf, textReply } from '../bytes/replies.mjs';
import { serving } from '../bytes/serve.mjs';
import { chunksOf, packetsOf, rewritten } from '../bytes/sse.mjs';
import { readFloor } from '../floor.mjs';
import { alternate, expectSame } from '../lib/measure.mjs';

const pieceLength = 20;

const chunkings = {
  1: (events) => chunksOf(events, 1),
  16: (events) => chunksOf(events, 16),
  packets: (events) => packetsOf(events, 1400),
  proxy: (events) => chunksOf(events, 16, rewritten),
};

const columns = { 1: '1 a chunk', 16: '16 a chunk', packets: '1 400 bytes a chunk', proxy: '16, from a proxy' };

export default {
  name: 'events',
  title: 'Cost per event, by chunking',
  about: `A reply of 20 000 events, text in pieces of about 20 characters, read to its end. The third column cuts the same
bytes as packets do, in the middle of lines; in the last one a proxy has written the JSON anew, with other spaces and the
keys in another order.`,
  needs: 'readEvents',
  rounds: 2,
  once: ['ai', 'langchain'],
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
  sizes: {
    full: { events: 20_000, milliseconds: 400 },
    quick: { events: 4_000, milliseconds: 100 },
  },
  tables: [
    { id: 'ratio', title: 'CPU to the floor with the same chunks', unit: '×', columns, chart: ['16', '1'] },
    { id: 'cpu', title: 'CPU per event', unit: 'µs', columns },
  ],

  async measure(contender, { events: count, ...effort }) {
    const events = textReply(textOf(count * pieceLength));
    const cells = [];
    for (const [column, cut] of Object.entries(chunkings)) {
      const chunks = cut(events);
      const read = contender.readEvents({ baseURL: 'http://bench.invalid', fetch: serving(chunks) });
      expectSame('events read', readFloor(chunks), events.length);
      const check = (characters) => expectSame('characters read', characters, count * pieceLength);
      // What comes first warms the code, which takes longer than what is measured.
      const warmUp = cells.length === 0 ? 1500 : 300;
      const { ratio, cpu, floorCpu } = await alternate(() => readFloor(chunks), read, { ...effort, warmUp, check });
      const perEvent = (milliseconds) => (milliseconds * 1000) / events.length;
      cells.push(
        { table: 'cpu', row: 'floor', column, values: floorCpu.map(perEvent) },
        { table: 'cpu', column, values: cpu.map(perEvent) },
        { table: 'ratio', column, values: ratio },
      );
    }
    return cells;
  },
};
