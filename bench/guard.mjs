// The quick check of the gate: fails when a ratio to the floor is half as much again as in baseline.json.
// node guard.mjs [--update]. All in one process, CPU against CPU, no absolute times; needs none of the peers.
import { readFileSync, writeFileSync } from 'node:fs';
import { from } from 'rxjs';
import { shapes } from './bytes/inputs.mjs';
import { inputReply, textOf, textReply } from './bytes/replies.mjs';
import { serving } from './bytes/serve.mjs';
import { chunksOf } from './bytes/sse.mjs';
import { readFloor } from './floor.mjs';
import { alternate } from './lib/measure.mjs';
import { prepareBuild } from './lib/prepare.mjs';
import { median } from './lib/statistics.mjs';

const tolerance = 1.5;
const effort = { milliseconds: 1500, least: 15, most: 60, warmUp: 500 };
const baselineFile = new URL('baseline.json', import.meta.url);

await prepareBuild();
const { accumulateMessage } = await import('../dist/esm/src/index.js');
const { default: stream } = await import('./contenders/rxclaude-stream.mjs');
const { default: conversation } = await import('./contenders/rxclaude-converse.mjs');

const textEvents = textReply(textOf(80_000));
const input = chunksOf(inputReply(shapes.records(200_000)), 16);

/** Name to the chunks for the floor and what is compared with it. */
const subjects = {
  'claudeStream, 16 events a chunk': reading(stream.readEvents, chunksOf(textEvents, 16)),
  'claudeStream, 1 event a chunk': reading(stream.readEvents, chunksOf(textEvents, 1)),
  'converse, 16 events a chunk': reading(conversation.readEvents, chunksOf(textEvents, 16)),
  'converse, 1 event a chunk': reading(conversation.readEvents, chunksOf(textEvents, 1)),
  'live tool input of 200 KB': reading(stream.watchInput, input),
  'accumulateMessage over a long reply': { chunks: chunksOf(textEvents, 16), run: accumulate },
};

function reading(read, chunks) {
  return { chunks, run: read({ baseURL: 'http://bench.invalid', fetch: serving(chunks) }) };
}

/** A message for each event, the last of which is looked at. */
function accumulate() {
  let last;
  from(textEvents)
    .pipe(accumulateMessage())
    .subscribe((message) => {
      last = message;
    });
  return last.content[0].text.length;
}

async function ratioOf(name) {
  const { chunks, run } = subjects[name];
  const { ratio } = await alternate(() => readFloor(chunks), run, effort);
  return median(ratio);
}

async function update() {
  const ratios = {};
  for (const name of Object.keys(subjects)) ratios[name] = Number((await ratioOf(name)).toFixed(2));
  writeFileSync(baselineFile, `${JSON.stringify(ratios, null, 2)}\n`);
  console.log(`baseline.json: ${JSON.stringify(ratios, null, 2)}`);
}

async function check() {
  const baseline = JSON.parse(readFileSync(baselineFile, 'utf8'));
  const slower = [];
  for (const name of Object.keys(subjects)) {
    const limit = baseline[name] * tolerance;
    let ratio = await ratioOf(name);
    // A machine that was busy for a moment is asked once more.
    if (!(ratio <= limit)) ratio = Math.min(ratio, await ratioOf(name));
    const verdict = `${ratio.toFixed(2)} × the floor, baseline ${baseline[name]}`;
    console.log(`${name}: ${verdict}`);
    if (!(ratio <= limit)) slower.push(`${name}: ${verdict}, which allows ${limit.toFixed(2)}`);
  }
  if (slower.length === 0) return;
  console.error(`\nSlower by more than half:\n${slower.join('\n')}`);
  console.error('If that is meant to be, run `node bench/guard.mjs --update` and say why in the commit.');
  process.exitCode = 1;
}

await (process.argv.includes('--update') ? update() : check());
