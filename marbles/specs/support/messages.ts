/** Messages of a history, as a conversation leaves them. */

/** What Claude said. */
export function said(...content: object[]): object {
  return { role: 'assistant', content };
}

/** The answers to Claude. */
export function answered(...content: object[]): object {
  return { role: 'user', content };
}

/** A text block. */
export function text(words: string): object {
  return { type: 'text', text: words };
}

/** What a tool of that name returned. */
export function answerTo(name: string, content: string): object {
  return { type: 'tool_result', tool_use_id: `toolu_${name}`, content };
}

/** The answer to a call whose tool was not started. */
export function unrun(name: string, why: string): object {
  return { ...answerTo(name, `Not run: ${why}.`), is_error: true };
}

/** The answer to a call whose tool was stopped while it ran. */
export function cutOff(name: string, why: string): object {
  return { ...answerTo(name, `Stopped while running: ${why}. It may have taken effect.`), is_error: true };
}
