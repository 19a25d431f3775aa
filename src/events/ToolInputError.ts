/** One thing that is wrong with a tool's input. */
export interface InputIssue {
  /** Where it is: keys and array indexes from the root of the input; empty for the input itself. */
  readonly path: readonly (string | number)[];
  /** What was expected there, in words. */
  readonly expected: string;
  /** What was found there; absent when the field is missing. */
  readonly found?: unknown;
  /** The validator's own message; absent when it has none. */
  readonly message?: string;
}

/** The text that Claude wrote is not JSON: it was cut short, or malformed. It is never repaired. */
export interface InvalidJson {
  readonly _tag: 'InvalidJson';
  /** The text as Claude wrote it. */
  readonly text: string;
  /** What the JSON parser said. */
  readonly message: string;
}

/** The input is too large or nested too deep. The rest of its text was not kept. */
export interface InputTooLarge {
  readonly _tag: 'InputTooLarge';
  /** Which limit it exceeds. */
  readonly limit: 'maxInputChars' | 'maxInputDepth';
  /** That limit: characters, or levels. */
  readonly maximum: number;
  readonly message: string;
}

/** The text is JSON but not an object; the API takes only objects as a tool's input. */
export interface NotAnObject {
  readonly _tag: 'NotAnObject';
  /** The text as Claude wrote it. */
  readonly text: string;
  readonly message: string;
}

/** The input is an object that the tool's `input` refuses. */
export interface InvalidInput {
  readonly _tag: 'InvalidInput';
  /** The input as Claude wrote it. */
  readonly input: unknown;
  /** Each invalid field. */
  readonly issues: readonly InputIssue[];
  /** All of it as a message that Claude can act on. */
  readonly message: string;
}

/** Claude called a tool that does not exist or that this program cannot run. */
export interface UnknownTool {
  readonly _tag: 'UnknownTool';
  /** The input as Claude wrote it. */
  readonly input: unknown;
  /** The names of the tools that can run. */
  readonly known: readonly string[];
  readonly message: string;
}

/**
 * What is wrong with the input of a call. It is data: Claude reads it in the call's `tool_result` and can try again.
 */
export type ToolInputError = InvalidJson | InputTooLarge | NotAnObject | InvalidInput | UnknownTool;
