import { accumulateToolInput, claudeStream, growingInput } from '../../dist/esm/src/index.js';
import { charactersIn, drained, stoppable } from './rxclaude.shared.mjs';
import { sdkClient } from './sdk.shared.mjs';
import { request, saveTool } from './shared.mjs';

export default {
  name: 'rxclaude claudeStream',
  watchesLargeInput: true,

  readEvents(connection) {
    const client = sdkClient(connection);
    return () => charactersIn(claudeStream(client, request('Write.')));
  },

  readInput(connection) {
    const client = sdkClient(connection);
    return async () => {
      let input;
      const events = claudeStream(client, request('Save.', { tools: [saveTool] }));
      await drained(events.pipe(accumulateToolInput()), (event) => {
        if (event.type === 'tool_call') input = event.input.right;
      });
      return input;
    };
  },

  watchInput(connection) {
    const client = sdkClient(connection);
    return async () => {
      let last;
      const events = claudeStream(client, request('Save.', { tools: [saveTool] }));
      await drained(events.pipe(accumulateToolInput(), growingInput()), ({ value, complete }) => {
        if (!complete) last = value;
      });
      return last;
    };
  },

  open(connection) {
    return stoppable(claudeStream(sdkClient(connection), request('Write.')));
  },
};
