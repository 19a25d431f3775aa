import { pieces, reply, textBlock, toolBlock } from '../bytes/replies.mjs';
import { prose, seededRandom } from '../bytes/random.mjs';

export const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_bench' };

/** `conversation 7 of 400 rounds` is what the user says; a thread's later requests name the last reply instead. */
export const promptOf = (conversation, rounds) => `conversation ${conversation} of ${rounds} rounds`;
const asked = /conversation (\d+) of (\d+) rounds/;
const continued = /"previous_message_id":"msg_(\d+)_(\d+)"/;

/** Keeps count of the rounds of each conversation. A request that cannot follow on the one before is refused. */
export function createRoundCount() {
  const conversations = new Map();

  return (body) => {
    const [, id] = asked.exec(body) ?? continued.exec(body) ?? [];
    const rounds = Number(asked.exec(body)?.[2] ?? conversations.get(id)?.rounds);
    const number = (conversations.get(id)?.number ?? 0) + 1;
    if (id === undefined || !follows(body, id, number)) return undefined;
    if (number === rounds) conversations.delete(id);
    else conversations.set(id, { number, rounds });
    return { id, number, last: number === rounds };
  };
}

/** Whether the calls of the round before are answered, as the API demands. */
function follows(body, id, number) {
  if (number === 1) return true;
  const thread = continued.exec(body);
  if (thread !== null && (thread[1] !== id || Number(thread[2]) !== number - 1)) return false;
  return body.includes(`"tool_use_id":"${callId(id, number - 1, 0)}"`);
}

export const callId = (id, number, index) => `toolu_${id}_${number}_${index}`;

export function refuse(response) {
  const error = { type: 'invalid_request_error', message: 'This does not follow on the request before.' };
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error }));
}

const said = pieces(prose(seededRandom(7), 600));

/** A reply with some text and calls of these tools, or with text alone. */
export function roundEvents({ id, number, last }, tools = ['look_up'], text = said) {
  const calls = last ? [] : tools;
  const blocks = [
    textBlock(0, text),
    ...calls.map((name, index) =>
      toolBlock(
        index + 1,
        { id: callId(id, number, index), name },
        pieces(JSON.stringify({ query: `what number ${number} of ${id} is about, and who says so` })),
      ),
    ),
  ];
  return reply(blocks, { id: `msg_${id}_${number}`, stopReason: last ? 'end_turn' : 'tool_use' });
}
