import { sdkClient } from './sdk.shared.mjs';
import { request, saveTool, textIn } from './shared.mjs';

export default {
  name: 'SDK create, for await',
  cannot: { watchInput: 'its events carry pieces of JSON, and no value' },

  readEvents(connection) {
    const client = sdkClient(connection);
    return async () => {
      let characters = 0;
      const stream = await client.messages.create({ ...request('Write.'), stream: true });
      for await (const event of stream) characters += textIn(event);
      return characters;
    };
  },

  /** Puts the pieces together by hand, for there is nobody else to do it. */
  readInput(connection) {
    const client = sdkClient(connection);
    return async () => {
      let text = '';
      const stream = await client.messages.create({ ...request('Save.', { tools: [saveTool] }), stream: true });
      for await (const event of stream) {
        if (event.type === 'content_block_delta') text += event.delta.partial_json;
      }
      return JSON.parse(text);
    };
  },

  open(connection) {
    const stop = new AbortController();
    const read = async () => {
      const params = { ...request('Write.'), stream: true };
      const stream = await sdkClient(connection).messages.create(params, { signal: stop.signal });
      for await (const event of stream) void event;
    };
    read().catch(() => undefined);
    return { stop: () => stop.abort() };
  },
};
