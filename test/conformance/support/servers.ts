import type { Loopback } from '../../support/loopback.js';
import { serveBytes } from '../../support/sseServer.js';
import type { ScriptedResponse, SseServer } from '../../support/sseServer.js';
import { toSse } from '../../support/sse.js';
import { strictServer } from '../../support/strictServer.js';
import type { Round, StrictServer, StrictServerOptions } from '../../support/strictServer.js';

/** Starts servers and closes them after each test. */
export interface Servers {
  strict(rounds: readonly Round[], options?: StrictServerOptions): Promise<StrictServer>;
  bytes(...script: readonly ScriptedResponse[]): Promise<SseServer>;
}

export function servers(): Servers {
  const open: Loopback[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(async (server) => server.close()));
  });
  const kept = <Server extends Loopback>(server: Server): Server => {
    open.push(server);
    return server;
  };
  return {
    strict: async (rounds, options) => kept(await strictServer(rounds, options)),
    bytes: async (...script) => kept(await serveBytes(script)),
  };
}

/** A response of these events that ends properly, or otherwise. */
export function sse(events: readonly object[], then: ScriptedResponse['then'] = 'end'): ScriptedResponse {
  return { chunks: [toSse(events)], then };
}
