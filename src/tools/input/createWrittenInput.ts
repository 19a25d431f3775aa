import { createJsonReader, type JsonReader } from '../../json/createJsonReader.js';
import { GrowingText } from '../../json/GrowingText.js';
import type { JsonLimits } from '../../json/parseJson.js';

/** The input of one call while Claude writes it: its text, and its value as far as somebody asks for it. */
export interface WrittenInput {
  add(piece: string): void;
  /** Its text so far, as much of it as is kept. */
  json(): string;
  /** Whether it is longer than it may be; what goes beyond is not kept. */
  readonly tooLong: boolean;
  /** Its value so far. What was never asked for is never read. */
  reader(): JsonReader;
  /** Lets go of the value; whoever asks again has it read again. */
  close(): void;
}

/** Makes an empty input. */
export function createWrittenInput(limits: Required<JsonLimits>): WrittenInput {
  const text = new GrowingText();
  let chars = 0;
  let reader: JsonReader | undefined;
  /** What came since the reader was asked for last. */
  let unread = '';

  return {
    add(piece) {
      chars += piece.length;
      if (chars > limits.maxChars) return;
      text.add(piece);
      if (reader !== undefined) unread += piece;
    },
    json: () => text.read(),
    get tooLong() {
      return chars > limits.maxChars;
    },
    reader() {
      if (reader === undefined) {
        reader = createJsonReader(limits);
        unread = text.read();
      }
      if (unread !== '') reader.write(unread);
      unread = '';
      return reader;
    },
    close() {
      reader = undefined;
      unread = '';
    },
  };
}
