import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { apiKey, querySchema, request, saveTool, textIn } from './shared.mjs';

/** A client of the SDK that never retries, so that each request is one request. */
export const sdkClient = (connection) => new Anthropic({ apiKey, maxRetries: 0, logLevel: 'off', ...connection });

/** The tools of a scenario as the SDK's. */
const toSdkTools = (tools) =>
  tools.map(({ name, description, run }) =>
    betaTool({ name, description, inputSchema: querySchema, run: ({ query }) => run(query) }),
  );

/** The tool runner, which differs only in its settings. */
export function toolRunner(name, settings) {
  return {
    name,
    threaded: settings.thread !== false,
    cannot: { watchInput: 'shows what the SDK MessageStream shows' },

    readEvents(connection) {
      const client = sdkClient(connection);
      return async () => {
        let characters = 0;
        const runner = client.beta.messages.toolRunner({ ...request('Write.'), tools: [], stream: true, ...settings });
        for await (const stream of runner) {
          for await (const event of stream) characters += textIn(event);
        }
        return characters;
      };
    },

    readInput(connection) {
      const client = sdkClient(connection);
      return async () => {
        let input;
        const run = (given) => {
          input = given;
          return 'saved';
        };
        const { name, description, input_schema } = saveTool;
        const tools = [betaTool({ name, description, inputSchema: input_schema, run })];
        const params = { ...request('Save.'), tools, stream: true, max_iterations: 1, ...settings };
        for await (const stream of client.beta.messages.toolRunner(params)) {
          for await (const event of stream) void event;
        }
        return input;
      };
    },

    converse(connection, tools, maxRounds) {
      const client = sdkClient(connection);
      const sdkTools = toSdkTools(tools);
      return async (prompt) => {
        let rounds = 0;
        const params = { ...request(prompt), tools: sdkTools, stream: true, max_iterations: maxRounds, ...settings };
        for await (const stream of client.beta.messages.toolRunner(params)) {
          rounds++;
          for await (const event of stream) void event;
        }
        return rounds;
      };
    },

    open(connection) {
      const stop = new AbortController();
      const params = { ...request('Write.'), tools: [], stream: true, ...settings };
      const runner = sdkClient(connection).beta.messages.toolRunner(params, { signal: stop.signal });
      const read = async () => {
        for await (const stream of runner) {
          for await (const event of stream) void event;
        }
      };
      read().catch(() => undefined);
      return { stop: () => stop.abort() };
    },
  };
}
