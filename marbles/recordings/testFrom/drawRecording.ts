import type { Cassette } from '../cassette/Cassette.js';
import type { DrawOptions, MarbleDiagram } from '../../drawMarbles.js';
import { playRecording } from './playRecording.js';

/** Options of {@link drawRecording}. */
export type DrawRecordingOptions = Omit<DrawOptions, 'clock'>;

/**
 * Draws a recording: the conversation in virtual time, with tools that return the recorded results after the recorded times.
 *
 * @param cassette A cassette or its text.
 * @returns One diagram; or one for each reply, when the requests are not the rounds of one conversation.
 * @throws CassetteError for text that is not a cassette.
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
