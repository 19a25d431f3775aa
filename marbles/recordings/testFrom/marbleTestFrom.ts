import type { Cassette } from '../cassette/Cassette.js';
import { playRecording } from './playRecording.js';
import { conversationCode, repliesCode } from './testCode.js';

/** How a test is made of a recording. */
export interface MarbleTestOptions {
  /** What the test is called. Default: `'a recorded conversation'`. */
  readonly name?: string;
}

/**
 * Makes a marble test of a recording: a file in TypeScript that passes, to go on from.
 *
 * The replies become diagrams with their recorded times, the tools give what the recorded ones gave, after as long, and what
 * is expected is what rxclaude makes of it now. Where the recorded requests are not those of one conversation, each reply
 * has a test of its own.
 *
 * @param cassette What `record` or `cassetteFromRecording` has made, or its text.
 * @returns The text of the file. It needs a test framework that has a global `it` or `test`.
 * @throws CassetteError for a text that is no cassette.
 * @example
 * ```ts
 * import { marbleTestFrom } from 'rxclaude/recordings';
 *
 * declare const cassette: string;
 *
 * console.log(marbleTestFrom(cassette));
 * ```
 */
export function marbleTestFrom(cassette: string | Cassette, options: MarbleTestOptions = {}): string {
  const { name = 'a recorded conversation' } = options;
  const { plan, conversation, replies } = playRecording(cassette);
  if (conversation !== undefined) return conversationCode(name, plan, conversation.text);
  return repliesCode(
    name,
    plan,
    replies.map(({ text }) => text),
  );
}
