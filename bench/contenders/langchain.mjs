import { ChatAnthropic } from '@langchain/anthropic';
import { createAgent, tool } from 'langchain';
import { apiKey, maxTokens, model, querySchema, saveTool } from './shared.mjs';

const chat = ({ baseURL, fetch }) =>
  new ChatAnthropic({
    model,
    apiKey,
    maxTokens,
    maxRetries: 0,
    anthropicApiUrl: baseURL,
    clientOptions: { maxRetries: 0, ...(fetch && { fetch }) },
  });

const toLangChainTools = (tools) =>
  tools.map(({ name, description, run }) =>
    tool(({ query }) => run(query), { name, description, schema: querySchema }),
  );

export default {
  name: 'LangChain',

  readEvents(connection) {
    const chatModel = chat(connection);
    return async () => {
      let characters = 0;
      for await (const chunk of await chatModel.stream('Write.')) characters += chunk.text.length;
      return characters;
    };
  },

  readInput(connection) {
    const chatModel = chat(connection).bindTools([saveTool]);
    return async () => {
      let text = '';
      for await (const chunk of await chatModel.stream('Save.')) {
        for (const { args } of chunk.tool_call_chunks) text += args ?? '';
      }
      return JSON.parse(text);
    };
  },

  /** Chunks add up to a message, whose tool calls show the value so far. */
  watchInput(connection) {
    const chatModel = chat(connection).bindTools([saveTool]);
    return async () => {
      let sum;
      let last;
      for await (const chunk of await chatModel.stream('Save.')) {
        sum = sum?.concat(chunk) ?? chunk;
        last = sum.tool_calls[0]?.args;
      }
      return last;
    };
  },

  converse(connection, tools, maxRounds) {
    const agent = createAgent({ model: chat(connection), tools: toLangChainTools(tools) });
    return async (prompt) => {
      const messages = [{ role: 'user', content: prompt }];
      const replies = new Set();
      // A round is two steps of its graph: the model's and the tools'.
      const options = { streamMode: 'messages', recursionLimit: 2 * maxRounds + 10 };
      for await (const [chunk] of await agent.stream({ messages }, options)) {
        if (chunk.getType() === 'ai') replies.add(chunk.id);
      }
      return replies.size;
    };
  },

  open(connection) {
    const stop = new AbortController();
    const read = async () => {
      for await (const chunk of await chat(connection).stream('Write.', { signal: stop.signal })) void chunk;
    };
    read().catch(() => undefined);
    return { stop: () => stop.abort() };
  },
};
