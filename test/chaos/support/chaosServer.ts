import { setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { finish, listen, sendJson, sseHeaders, writeChunks } from '../../support/loopback.js';
import type { Loopback } from '../../support/loopback.js';
import { toSseEvent } from '../../support/sse.js';
import { refuse } from '../../support/strictRules/refuse.js';
import { readServed } from '../../support/strictRules/served.js';
import { isOpenServerCall } from '../../support/strictRules/serverTools.js';
import { isObject, readView } from '../../support/strictRules/view.js';
import type { Exchange, View } from '../../support/strictRules/view.js';
import { createChance } from './chance.js';
import { faultOf, placeIn } from './faults.js';
import type { Fault } from './faults.js';
import { writeReply } from './writer.js';

/** The header that says which request of which conversation it is: `seed/number`. */
export const TALK_HEADER = 'x-chaos-talk';

/** One conversation, as the server sees it. */
export interface ServedTalk {
  /** What was refused. A run is right when this is empty. */
  readonly refusals: readonly string[];
  /** The last request that got a stream, and what was sent of it. */
  readonly exchange: Exchange | undefined;
  /** What went wrong with the last answer, on purpose. */
  readonly fault: Fault | undefined;
  readonly requests: number;
}

export interface ChaosServer extends Pick<Loopback, 'url' | 'close'> {
  /** How many responses are neither ended nor given up. */
  openResponses(): number;
  /** Begins a conversation. Its seed decides what Claude says in it, and what goes wrong. */
  begin(seed: number): ServedTalk;
  /** Forgets it. */
  forget(seed: number): void;
}

interface Talk {
  readonly seed: number;
  readonly refusals: string[];
  exchange: Exchange | undefined;
  fault: Fault | undefined;
  requests: number;
  /** The number of the latest request. */
  latest: number;
  round: number;
  attempt: number;
  /** The messages of this round's request. */
  length: number;
  /** The server tools that were open when this round began. */
  open: readonly string[];
}

/** A strict server for many conversations at once, each with its own bad luck. */
export async function chaosServer(): Promise<ChaosServer> {
  const talks = new Map<number, Talk>();
  let open = 0;
  const loopback: Loopback = await listen(async ({ headers, body }, response, stopped) => {
    // Nobody looks at them, and they would pile up.
    (loopback.requests as unknown[]).length = 0;
    setMaxListeners(0, stopped);
    open++;
    response.once('close', () => open--);
    const [seed, number] = String(headers[TALK_HEADER]).split('/').map(Number);
    const talk = talks.get(seed!);
    // The client has left it already, and goes on or is gone.
    if (talk === undefined || number! < talk.latest) throw new Error('This request came late.');
    talk.latest = number!;
    const view = readView(body);
    const refusal = refuse(body, talk.exchange);
    if (refusal === undefined && typeof view !== 'string') {
      await answer(talk, view, response, stopped);
      return;
    }
    talk.refusals.push(refusal ?? 'No request at all.');
    sendError(response, 400, 'invalid_request_error', String(refusal));
  });

  const begin = (seed: number): ServedTalk => {
    const talk = { seed, refusals: [], exchange: undefined, fault: undefined, requests: 0 };
    const begun = { ...talk, latest: 0, round: 0, attempt: 0, length: 0, open: [] };
    talks.set(seed, begun);
    return begun;
  };
  const { url, close } = loopback;
  return { url, close, openResponses: () => open, begin, forget: (seed) => void talks.delete(seed) };
}

async function answer(talk: Talk, view: View, response: ServerResponse, stopped: AbortSignal): Promise<void> {
  countIn(talk, view);
  const { seed, round, attempt } = talk;
  const { tool_choice: choice } = view.body;
  const fault = faultOf(seed, round, attempt);
  talk.fault = fault;
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (fault?.kind === 'status') {
    sendError(response, fault.status, fault.type, 'Bad luck.', fault.headers);
    return;
  }
  const noTools = isObject(choice) && choice.type === 'none';
  const events = withError(writeReply({ seed, round, attempt, open: talk.open, noTools }), fault);
  const { bytes, sent } = write(events, fault);
  talk.exchange = { request: view, served: readServed(sent) };
  const chance = createChance(seed, 6, round, attempt);
  const connection = chance.pick(['keep-alive', 'keep-alive', 'close']);
  response.writeHead(200, { ...sseHeaders, connection, 'request-id': 'req_chaos' }).flushHeaders();
  await writeChunks(response, cut(bytes, chance.pick([60, 500, 5_000])), stopped, chance.pick([0, 0, 0, 1]));
  if (fault?.kind === 'stall') return;
  await finish(response, fault?.kind === 'cut' ? 'destroy' : 'end');
}

/** A longer history is another round, the same one another attempt. */
function countIn(talk: Talk, { messages }: View): void {
  talk.requests++;
  talk.attempt++;
  if (messages.length === talk.length) return;
  talk.round++;
  talk.attempt = 1;
  talk.length = messages.length;
  const blocks = (talk.exchange?.served.content ?? []).map(({ block }) => block);
  talk.open = blocks.filter((block) => isOpenServerCall(block, blocks)).map(({ id }) => String(id));
}

function withError(events: readonly object[], fault: Fault | undefined): readonly object[] {
  if (fault?.kind !== 'error_event') return events;
  const error = { type: 'error', error: { type: fault.type, message: 'Bad luck.' }, request_id: 'req_chaos' };
  return [...events.slice(0, placeIn(events.length - 1, fault.place)), error];
}

/** The bytes that go out, and the events that are whole in them. */
function write(events: readonly object[], fault: Fault | undefined): { bytes: Uint8Array; sent: readonly object[] } {
  const pieces = events.map((event) => new TextEncoder().encode(toSseEvent(event)));
  const bytes = Buffer.concat(pieces);
  if (fault === undefined || !('place' in fault) || fault.kind === 'error_event') return { bytes, sent: events };
  const length = placeIn(bytes.length, fault.place);
  let end = 0;
  const sent = events.filter((_, at) => (end += pieces[at]!.length) <= length);
  return { bytes: bytes.subarray(0, length), sent };
}

function* cut(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function sendError(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(response, status, { type: 'error', error: { type, message }, request_id: 'req_chaos' }, headers);
}
