import { accumulateMessage, converse } from '../../dist/esm/src/index.js';
import { drained } from './rxclaude.shared.mjs';
import { sdkClient } from './sdk.shared.mjs';
import { request } from './shared.mjs';

export default {
  name: 'rxclaude converse + accumulateMessage',

  /** A message for each event, of which the last one is read. */
  readEvents(connection) {
    const client = sdkClient(connection);
    return async () => {
      let last;
      await drained(converse(client, request('Write.')).pipe(accumulateMessage()), (message) => {
        last = message;
      });
      return last.content[0].text.length;
    };
  },
};
