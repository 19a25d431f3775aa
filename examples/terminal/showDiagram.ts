import { writeFileSync } from 'node:fs';
import type { MarbleDiagram } from 'rxclaude/marbles';
import type { Question } from './args.js';
import { oneLine } from './text.js';

/** Draws the run and saves its picture, as the question asks; says where the picture is, or why there is none. */
export function showDiagram({ text, svg }: MarbleDiagram, wanted: Question): void {
  if (wanted.marbles) process.stdout.write(`\n${text}\n`);
  if (wanted.svg === undefined) return;
  try {
    writeFileSync(wanted.svg, svg);
    process.stderr.write(`The run as a picture: ${oneLine(wanted.svg)}\n`);
  } catch (error) {
    process.stderr.write(`The picture was not saved: ${oneLine(String(error))}\n`);
    process.exitCode ??= 1;
  }
}
