import type { Timeline } from '../run/createTimeline.js';
import { formatDuration } from './formatTime.js';
import { nameOfError } from './nameOf.js';

/** A run in a few words: `3.2 s · 2 rounds · 2 tool calls`. */
export function summarize({ marks, lanes, end }: Timeline): string {
  const count = (letter: string): number => marks.filter((mark) => mark.letter === letter).length;
  const calls = lanes.filter(({ kind }) => kind === 'call').length;
  return [
    formatDuration(end?.time ?? marks.at(-1)?.time ?? 0),
    inWords(count('B'), 'round', 'rounds'),
    inWords(calls, 'tool call', 'tool calls'),
    inWords(count('R'), 'retry', 'retries'),
    end === undefined ? 'not ended' : end.kind === 'error' ? `failed: ${nameOfError(end.error)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function inWords(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
