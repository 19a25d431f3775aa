import type { Cassette } from '../cassette/Cassette.js';
import type { DrawOptions, MarbleDiagram } from '../../drawMarbles.js';
import { playRecording } from './playRecording.js';

/** How a recording is drawn. */
export type DrawRecordingOptions = Omit<DrawOptions, 'clock'>;

/**
 * Draws a recording: the conversation as it goes in virtual time, with tools that take as long and give the same as those
 * that were recorded.
 *
 * @param cassette What `record` or `cassetteFromRecording` has made, or its text.
 * @returns One diagram; or one for each reply, where the recorded requests are not the rounds of one conversation.
 * @throws CassetteError for a text that is no cassette.
 * @example
 * ```ts
 * import { drawRecording } from 'rxclaude/recordings';
 *
 * declare const cassette: string;
 *
 * for (const { text } of drawRecording(cassette)) console.log(text);
 * ```
 */
export function drawRecording(
  cassette: string | Cassette,
  options: DrawRecordingOptions = {},
): readonly MarbleDiagram[] {
  const { conversation, replies } = playRecording(cassette, options);
  return conversation === undefined ? replies : [conversation];
}
