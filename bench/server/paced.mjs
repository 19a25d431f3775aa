// Many conversations at once, each reply in a few chunks, one every so many milliseconds.
import { chunksOf } from '../bytes/sse.mjs';
import { pieces } from '../bytes/replies.mjs';
import { createRoundCount, headers, refuse, roundEvents } from './answering.mjs';

const text = pieces('What was found, in a few words, and what is still to be looked up. '.repeat(4));

export function createAnswer({ perChunk, milliseconds }) {
  const count = createRoundCount();
  return (body, response) => {
    const round = count(body);
    if (round === undefined) return refuse(response);
    response.writeHead(200, headers);
    const chunks = chunksOf(roundEvents(round, ['look_up'], text), perChunk);
    let at = 0;
    const timer = setInterval(() => {
      if (at < chunks.length && !response.destroyed) response.write(chunks[at++]);
      else {
        clearInterval(timer);
        response.end();
      }
    }, milliseconds);
  };
}
