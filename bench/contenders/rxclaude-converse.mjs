import { converse } from '../../dist/esm/src/index.js';
import { charactersIn, drained, stoppable, toRxSaveTool, toRxTools } from './rxclaude.shared.mjs';
import { sdkClient } from './sdk.shared.mjs';
import { request } from './shared.mjs';

export default {
  name: 'rxclaude converse',

  readEvents(connection) {
    const client = sdkClient(connection);
    return () => charactersIn(converse(client, request('Write.')));
  },

  readInput(connection) {
    const client = sdkClient(connection);
    return async () => {
      let input;
      const save = toRxSaveTool((given) => {
        input = given;
        return 'saved';
      });
      await drained(converse(client, request('Save.', { tools: [save] }), { maxRounds: 1 }), () => undefined);
      return input;
    };
  },

  converse(connection, tools, maxRounds) {
    const client = sdkClient(connection);
    const rxTools = toRxTools(tools);
    return async (prompt) => {
      let rounds = 0;
      await drained(converse(client, request(prompt, { tools: rxTools }), { maxRounds }), (event) => {
        if (event.type === 'conversation_end') rounds = event.rounds;
      });
      return rounds;
    };
  },

  open(connection) {
    return stoppable(converse(sdkClient(connection), request('Write.')));
  },
};
