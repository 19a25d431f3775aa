// Writes each reply at the pace of a model, and notes when what a client waits for went out.
import { toSse } from '../bytes/sse.mjs';
import { createRoundCount, headers, refuse, roundEvents } from './answering.mjs';

const now = () => Number(process.hrtime.bigint()) / 1e6;

export function createAnswer({ tools, eventMs }, report) {
  const count = createRoundCount();
  return (body, response) => {
    const round = count(body);
    if (round === undefined) return refuse(response);
    const written = { type: 'round', number: round.number, received: now(), calls: [], last: round.last };
    response.writeHead(200, headers).flushHeaders();
    const events = roundEvents(round, tools, ['Let me look ', 'these things up', ' for you.']);
    write(events, response, eventMs, (event) => note(event, written, report));
  };
}

/** Writes an event every so many milliseconds, by the clock, so that late timers do not add up. */
function write(events, response, eventMs, seen) {
  const start = now();
  let at = 0;
  const step = () => {
    while (at < events.length && now() >= start + at * eventMs) {
      const event = events[at++];
      response.write(toSse(event));
      seen(event);
    }
    if (at < events.length) setTimeout(step, Math.max(start + at * eventMs - now(), 0));
    else response.end();
  };
  step();
}

function note(event, written, report) {
  if (event.type === 'content_block_stop' && event.index > 0) written.calls.push(now());
  if (event.type === 'message_stop') report({ ...written, ended: now() });
}
