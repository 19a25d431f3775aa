import { createAnthropic } from '@ai-sdk/anthropic';
import { jsonSchema, readUIMessageStream, stepCountIs, streamText, tool } from 'ai';
import { apiKey, maxTokens, model, querySchema, saveTool } from './shared.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;

const provider = ({ baseURL, fetch }) => createAnthropic({ apiKey, baseURL: `${baseURL}/v1`, fetch });

const settings = (connection, more = {}) => ({
  model: provider(connection)(model),
  maxOutputTokens: maxTokens,
  maxRetries: 0,
  prompt: 'Write.',
  ...more,
});

const saving = {
  save: tool({ description: saveTool.description, inputSchema: jsonSchema(saveTool.input_schema) }),
};

const toAiTools = (tools) =>
  Object.fromEntries(
    tools.map(({ name, description, run }) => [
      name,
      tool({ description, inputSchema: jsonSchema(querySchema), execute: ({ query }) => run(query) }),
    ]),
  );

export default {
  name: 'ai streamText',

  readEvents(connection) {
    const given = settings(connection);
    return async () => {
      let characters = 0;
      for await (const part of streamText(given).fullStream) {
        if (part.type === 'text-delta') characters += part.text.length;
      }
      return characters;
    };
  },

  readInput(connection) {
    const given = settings(connection, { tools: saving });
    return async () => {
      let input;
      for await (const part of streamText(given).fullStream) {
        if (part.type === 'tool-call') input = part.input;
      }
      return input;
    };
  },

  /** The value so far is what its UI message stream is for: `fullStream` carries pieces of JSON only. */
  watchInput(connection) {
    const given = settings(connection, { tools: saving });
    return async () => {
      let last;
      for await (const message of readUIMessageStream({ stream: streamText(given).toUIMessageStream() })) {
        last = message.parts.at(-1).input;
      }
      return last;
    };
  },

  converse(connection, tools, maxRounds) {
    const given = settings(connection, { tools: toAiTools(tools), stopWhen: stepCountIs(maxRounds) });
    return async (prompt) => {
      let rounds = 0;
      for await (const part of streamText({ ...given, prompt }).fullStream) {
        if (part.type === 'error') throw part.error;
        if (part.type === 'finish-step') rounds++;
      }
      return rounds;
    };
  },

  open(connection) {
    const stop = new AbortController();
    const read = async () => {
      const given = settings(connection, { abortSignal: stop.signal, onError: () => undefined });
      for await (const part of streamText(given).fullStream) void part;
    };
    read().catch(() => undefined);
    return { stop: () => stop.abort() };
  },
};
