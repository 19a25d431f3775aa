// Replies that never end, to be stopped; tells when they have got as far as wanted, and when their socket is closed.
import { textOf, textReply } from '../bytes/replies.mjs';
import { toSse } from '../bytes/sse.mjs';
import { headers } from './answering.mjs';

const events = textReply(textOf(20_000)).slice(0, -3).map(toSse);
const now = () => Number(process.hrtime.bigint()) / 1e6;

export function createAnswer({ mode }, report) {
  return (_body, response) => {
    response.socket.once('close', () => report({ type: 'closed', at: now() }));
    if (mode === 'headers') report({ type: 'ready' });
    else {
      response.writeHead(200, headers);
      stream(response, mode === 'silence' ? Infinity : 2, report);
    }
  };
}

/** Ten events at once, then one every so many milliseconds. */
function stream(response, milliseconds, report) {
  response.write(events.slice(0, 10).join(''));
  report({ type: 'ready' });
  if (milliseconds === Infinity) return;
  let at = 10;
  const timer = setInterval(() => response.write(events[at++ % events.length]), milliseconds);
  response.once('close', () => clearInterval(timer));
}
