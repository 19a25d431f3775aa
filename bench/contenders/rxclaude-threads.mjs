import { converse } from '../../dist/esm/src/index.js';
import { drained, toRxTools } from './rxclaude.shared.mjs';
import { sdkClient } from './sdk.shared.mjs';
import { request } from './shared.mjs';

export default {
  name: 'rxclaude converse, threads',
  threaded: true,

  async missing() {
    return (await knowsThreads()) ? undefined : 'this build has no option `threads`';
  },

  converse(connection, tools, maxRounds) {
    const client = sdkClient(connection).beta;
    const rxTools = toRxTools(tools);
    return async (prompt) => {
      let rounds = 0;
      const events = converse(client, request(prompt, { tools: rxTools }), { maxRounds, threads: true });
      await drained(events, (event) => {
        if (event.type === 'conversation_end') rounds = event.rounds;
      });
      return rounds;
    };
  },
};

/** Asks for one round, to see whether the first request names a thread; once refused, the next one does without. */
async function knowsThreads() {
  let body;
  const fetch = async (_url, init) => {
    body ??= JSON.parse(init.body);
    return new Response('', { status: 400 });
  };
  const client = sdkClient({ baseURL: 'http://bench.invalid', fetch }).beta;
  await drained(converse(client, request('Threads?'), { threads: true }), () => undefined).catch(() => undefined);
  return body?.thread !== undefined;
}
