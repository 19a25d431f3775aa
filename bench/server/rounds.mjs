// Answers at once, round after round: what is left is what the client costs.
import { toSse } from '../bytes/sse.mjs';
import { createRoundCount, headers, refuse, roundEvents } from './answering.mjs';

export function createAnswer() {
  const count = createRoundCount();
  return (body, response) => {
    const round = count(body);
    if (round === undefined) return refuse(response);
    response.writeHead(200, headers);
    response.end(roundEvents(round).map(toSse).join(''));
  };
}
