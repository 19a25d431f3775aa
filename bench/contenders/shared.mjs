/** What every contender asks for. */
export const model = 'claude-opus-5-5';
export const maxTokens = 32_000;
export const apiKey = 'bench';

export const request = (prompt, more = {}) => ({
  model,
  max_tokens: maxTokens,
  messages: [{ role: 'user', content: prompt }],
  ...more,
});

/** The input of every tool. */
export const querySchema = {
  type: 'object',
  properties: { query: { type: 'string' } },
  required: ['query'],
  additionalProperties: false,
};

/** The tool that the replies with a large input call. What its input holds differs, so its schema is open. */
export const saveTool = {
  name: 'save',
  description: 'Saves whatever it is given.',
  input_schema: { type: 'object', additionalProperties: true },
};

/** How many characters of text an event of the Messages API brings. */
export function textIn(event) {
  return event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text.length : 0;
}
