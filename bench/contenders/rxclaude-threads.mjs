import { claudeThread, converse } from '../../dist/esm/src/index.js';
import { drained, toRxTools } from './rxclaude.shared.mjs';
import { sdkClient } from './sdk.shared.mjs';
import { request } from './shared.mjs';

export default {
  name: 'rxclaude converse, threads',
  threaded: true,

  converse(connection, tools, maxRounds) {
    const source = claudeThread(sdkClient(connection).beta);
    const rxTools = toRxTools(tools);
    return async (prompt) => {
      let rounds = 0;
      const events = converse(source, request(prompt, { tools: rxTools }), { maxRounds });
      await drained(events, (event) => {
        if (event.type === 'conversation_end') rounds = event.rounds;
      });
      return rounds;
    };
  },
};
