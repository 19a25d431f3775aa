import bareFetch from '../contenders/bare-fetch.mjs';
import { pause } from '../lib/measure.mjs';
import { startServer } from '../server/start.mjs';

const modes = { stream: 'while a reply streams', silence: 'while the server is silent', headers: 'before the headers' };
const patience = 2000;
const now = () => Number(process.hrtime.bigint()) / 1e6;

export default {
  name: 'stop',
  title: 'From Stop to the closed socket',
  about: `Milliseconds from the call that stops (\`unsubscribe()\`, or \`abort()\`) until the server, a process of its own, sees the
socket closed. The floor is a bare \`fetch\` that is aborted, in turn with it.`,
  needs: 'open',
  rounds: 2,
  contenders: [
    'rxclaude-stream',
    'rxclaude-converse',
    'sdk-raw',
    'sdk-message-stream',
    'sdk-tool-runner',
    'sdk-tool-runner-eager',
    'ai',
    'langchain',
  ],
  sizes: { full: { times: 10 }, quick: { times: 5 } },
  tables: [{ id: 'stop', title: 'Stop to closed socket', unit: 'ms', columns: modes, chart: Object.keys(modes) }],

  async measure(contender, { times }) {
    const cells = [];
    for (const mode of Object.keys(modes)) {
      const server = await startServer('stop', { mode });
      await stopOnce(bareFetch, server);
      await stopOnce(contender, server);
      const floor = [];
      const subject = [];
      for (let time = 0; time < times; time++) {
        floor.push(await stopOnce(bareFetch, server));
        subject.push(await stopOnce(contender, server));
      }
      await server.stop();
      cells.push({ table: 'stop', row: 'bare fetch', column: mode, values: floor });
      cells.push({ table: 'stop', column: mode, values: subject });
    }
    return cells;
  },
};

/** Milliseconds; two thousand where the socket was still open after that time. */
async function stopOnce(contender, server) {
  const ready = server.next('ready');
  const closed = server.next('closed');
  const { stop } = contender.open(server);
  await ready;
  await pause(20);
  const start = now();
  stop();
  const late = pause(patience).then(() => ({ at: start + patience }));
  return (await Promise.race([closed, late])).at - start;
}
