import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('main.mjs', import.meta.url));

/**
 * Starts a server of a kind in a process of its own, so that its work is not counted as the client's.
 *
 * @param kind The file beside this one that answers the requests.
 * @param options For that file; plain data.
 */
export async function startServer(kind, options = {}) {
  const child = fork(main, [kind, JSON.stringify(options)], { execArgv: [], serialization: 'advanced' });
  const [{ port }] = await once(child, 'message');
  // Without a listener messages would be kept, and reach one that asks for a later one.
  child.on('message', () => undefined);
  return {
    baseURL: `http://127.0.0.1:${port}`,
    /** The next message of this type. Ask for it before what causes it. */
    next: (type) =>
      new Promise((resolve) => {
        const listen = (message) => {
          if (message.type !== type) return;
          child.off('message', listen);
          resolve(message);
        };
        child.on('message', listen);
      }),
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
