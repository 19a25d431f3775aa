import { sdkClient } from './sdk.shared.mjs';
import { request, saveTool, textIn } from './shared.mjs';

export default {
  name: 'SDK MessageStream',

  readEvents(connection) {
    const client = sdkClient(connection);
    return async () => {
      let characters = 0;
      const stream = client.messages.stream(request('Write.'));
      for await (const event of stream) characters += textIn(event);
      await stream.finalMessage();
      return characters;
    };
  },

  readInput(connection) {
    const client = sdkClient(connection);
    return async () => {
      const message = await client.messages.stream(request('Save.', { tools: [saveTool] })).finalMessage();
      return message.content[0].input;
    };
  },

  watchInput(connection) {
    const client = sdkClient(connection);
    return async () => {
      let last;
      const stream = client.messages.stream(request('Save.', { tools: [saveTool] }));
      stream.on('inputJson', (_piece, snapshot) => {
        last = snapshot;
      });
      await stream.finalMessage();
      return last;
    };
  },

  open(connection) {
    const stream = sdkClient(connection).messages.stream(request('Write.'));
    stream.done().catch(() => undefined);
    return { stop: () => stream.abort() };
  },
};
