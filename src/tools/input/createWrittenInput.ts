import { createJsonReader, type JsonReader } from '../../json/createJsonReader.js';
import { GrowingText } from '../../json/GrowingText.js';

/** The input of one call while Claude writes it: its text, and its value as far as somebody asks for it. */
export interface WrittenInput {
  add(piece: string): void;
  /** Its text so far. */
  json(): string;
  /** Its value so far. What was never asked for is never read. */
  reader(): JsonReader;
  /** Lets go of the value; whoever asks again has it read again. */
  close(): void;
}

/** Makes an empty input. */
export function createWrittenInput(): WrittenInput {
  const text = new GrowingText();
  let reader: JsonReader | undefined;
  /** What came since the reader was asked for last. */
  let unread = '';

  return {
    add(piece) {
      text.add(piece);
      if (reader !== undefined) unread += piece;
    },
    json: () => text.read(),
    reader() {
      if (reader === undefined) {
        reader = createJsonReader();
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
