#!/usr/bin/env node
// The command line of the marble kit: makes a marble test or a picture of a recording.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  cassetteFromRecording,
  drawRecording,
  formatCassette,
  marbleTestFrom,
  parseCassette,
} from '../dist/esm/marbles/recordings/index.js';

const HELP = `Usage: rxclaude-marbles from <recording...> [--name NAME]
       rxclaude-marbles draw <recording...> [--svg]
       rxclaude-marbles cassette <recording...>

from       a marble test of the recording, in TypeScript
draw       the recording as a marble diagram: text, or SVG
cassette   the recording as a cassette, for replay()

A recording is a cassette of record() (agent.jsonl), or one file of server-sent
events for each round, in order (agent-1.sse agent-2.sse). Next to agent-1.sse,
agent-1.request.json may have the request, and agent-1.chunks.json the lengths of
the chunks. The result goes to stdout.
`;

/** A mistake of the caller, shown without a stack. */
class Misuse extends Error {}

const read = (file) => {
  if (!existsSync(file)) throw new Misuse(`There is no file ${file}.`);
  return readFileSync(file);
};
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);

function toCassette(files) {
  const [first = '', ...others] = files;
  if (!first.endsWith('.sse')) {
    if (others.length > 0) throw new Misuse('Only one cassette can be read at a time.');
    return parseCassette(read(first).toString('utf8'));
  }
  const rounds = files.map((file) => {
    const stem = file.replace(/\.sse$/, '');
    const [request, chunks] = [readJson(`${stem}.request.json`), readJson(`${stem}.chunks.json`)];
    return { sse: read(file), ...(request && { request }), ...(chunks && { chunks }) };
  });
  return cassetteFromRecording(rounds);
}

const nameOf = (file) => basename(file).replace(/(?:-1)?\.\w+$/, '');

/** What each command makes of a cassette. */
const commands = {
  from: (cassette, { name }) => marbleTestFrom(cassette, { name }),
  draw: (cassette, { name, svg }) => {
    const diagrams = drawRecording(cassette, { title: name });
    if (svg && diagrams.length > 1) {
      throw new Misuse(
        `The recording is ${diagrams.length} replies that are not one conversation. Draw them one by one.`,
      );
    }
    return diagrams.map((diagram) => `${svg ? diagram.svg : diagram.text}\n`).join('\n');
  },
  cassette: (cassette) => formatCassette(cassette),
};

function run() {
  const options = {
    help: { type: 'boolean', short: 'h' },
    name: { type: 'string' },
    svg: { type: 'boolean', default: false },
  };
  let parsed;
  try {
    parsed = parseArgs({ allowPositionals: true, options });
  } catch (error) {
    throw new Misuse(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return HELP;
  const [command, ...files] = positionals;
  if (!Object.hasOwn(commands, command ?? '') || files.length === 0) throw new Misuse(HELP.trimEnd());
  return commands[command](toCassette(files), { ...values, name: values.name ?? nameOf(files[0]) });
}

try {
  process.stdout.write(run());
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof Misuse ? 2 : 1;
}
