import { writeFileSync } from 'node:fs';
import type { MarbleDiagram } from 'rxclaude/marbles';
import { oneLine } from './text.js';

/** Saves the picture of a run, if one was asked for; says where it is, or why it is not. */
export function saveDiagram(diagram: MarbleDiagram | undefined, file: string | undefined): void {
  if (diagram === undefined || file === undefined) return;
  try {
    writeFileSync(file, diagram.svg);
    process.stderr.write(`The run as a picture: ${oneLine(file)}\n`);
  } catch (error) {
    process.stderr.write(`The picture was not saved: ${oneLine(String(error))}\n`);
    process.exitCode ??= 1;
  }
}
