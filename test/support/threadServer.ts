import type { ServerResponse } from 'node:http';
import { finish, listen, sendJson, sseHeaders, writeChunks } from './loopback.js';
import type { Loopback } from './loopback.js';
import { toSse } from './sse.js';
import type { Round } from './strictServer.js';
import { refuse } from './strictRules/refuse.js';
import { readServed } from './strictRules/served.js';
import { isObject, readView } from './strictRules/view.js';
import type { Exchange, JsonObject, Served, WireMessage } from './strictRules/view.js';

/** The codes that the API gives for a thread that cannot be continued, and the status that goes with each. */
const STATUS = {
  thread_not_found: 404,
  thread_already_continued: 400,
  thread_continue_in_flight: 400,
  thread_fingerprint_mismatch: 400,
  thread_unsupported_request: 400,
};
export type ThreadCode = keyof typeof STATUS;

export const threadsBeta = 'message-threads-2026-08-12';

export interface ThreadServerOptions {
  /**
   * `kept` as by the API; `unknown` by one that takes no `thread` field; `ignored` by one that does not look at it;
   * `unsupported` by one that cannot keep this conversation.
   *
   * @default 'kept'
   */
  readonly threads?: 'kept' | 'unknown' | 'ignored' | 'unsupported';
}

export interface ThreadServer extends Loopback {
  /** What each accepted request amounts to: the whole history, as the server has it. */
  readonly histories: readonly JsonObject[];
  /** The words of each 400 that has nothing to do with a thread's code. */
  readonly refusals: readonly string[];
  /** From now on no thread that is kept can be continued, for this reason. */
  spoil(code: ThreadCode): void;
}

/** A whole reply that can be continued, the history before it included. */
interface Kept {
  readonly full: JsonObject;
  readonly exchange: Exchange;
  spoilt?: ThreadCode;
}

/** A refusal, with a thread's code where it has one. */
interface Refused {
  readonly message: string;
  readonly code?: ThreadCode;
}

/**
 * A loopback server that keeps threads as the Messages API does. It plays one round for each request that it accepts;
 * the n-th reply has the id `msg_n`. The history that a thread adds up to is held to the same rules as one that is sent
 * as a whole.
 */
export async function threadServer(
  rounds: readonly Round[],
  { threads = 'kept' }: ThreadServerOptions = {},
): Promise<ThreadServer> {
  const kept = new Map<string, Kept>();
  const exchanges: Exchange[] = [];
  const histories: JsonObject[] = [];
  const refusals: string[] = [];

  const read = (body: JsonObject, betas: string): JsonObject | Refused => {
    const { thread, ...rest } = body;
    if (thread === undefined || threads === 'ignored') return rest;
    if (threads === 'unknown' || !betas.includes(threadsBeta)) return denied('thread: Extra inputs are not permitted');
    if (threads === 'unsupported') return coded('thread_unsupported_request');
    if (!isObject(thread)) return denied('thread: Input should be an object');
    if (thread['type'] === 'create') return rest;
    for (const field of ['system', 'tools']) {
      if (field in rest) return denied(`${field}: not allowed when continuing a thread`);
    }
    const known = kept.get(String(thread['previous_message_id']));
    if (known === undefined) return coded('thread_not_found');
    if (known.spoilt !== undefined) return coded(known.spoilt);
    const resumes = known.exchange.served.stopReason === 'pause_turn';
    if (!resumes && (rest['messages'] as unknown[]).length === 0) {
      return denied('messages: at least one message is required');
    }
    known.spoilt = 'thread_already_continued';
    return { ...goOn(known.full, rest), messages: [...messagesOf(known), ...(rest['messages'] as unknown[])] };
  };

  const accept = (full: JsonObject, round: Round, id: string): void => {
    histories.push(full);
    const view = readView(full);
    if (typeof view === 'string' || round.failure !== undefined) return;
    const exchange = { request: view, served: readServed(round.events) };
    exchanges.push(exchange);
    if (isKept(exchange.served)) kept.set(id, { full, exchange });
  };

  const loopback = await listen(async ({ body, headers }, response, stopped) => {
    const full = read(body as JsonObject, String(headers['anthropic-beta']));
    const refused = isRefused(full) ? full : rulesRefuse(full, exchanges);
    if (refused !== undefined || isRefused(full)) {
      if (refused?.code === undefined) refusals.push(String(refused?.message));
      sendError(response, refused);
      return;
    }
    const round = rounds[histories.length];
    if (round === undefined) {
      sendError(response, denied('threadServer: no more rounds are scripted'));
      return;
    }
    const id = `msg_${String(histories.length + 1)}`;
    accept(full, round, id);
    await play(round, id, response, stopped);
  });
  const spoil = (code: ThreadCode): void => {
    for (const thread of kept.values()) thread.spoilt ??= code;
  };
  return { ...loopback, histories, refusals, spoil };
}

const denied = (message: string): Refused => ({ message });
const coded = (code: ThreadCode): Refused => ({ message: `This is ${code}.`, code });
const isRefused = (value: JsonObject | Refused): value is Refused => !('messages' in value);

/** The fields of a request that goes on, with `system` and `tools` where the thread has them. */
function goOn(before: JsonObject, rest: JsonObject): JsonObject {
  const stay = Object.entries(before).filter(([key]) => key === 'system' || key === 'tools' || key in rest);
  return { ...Object.fromEntries(stay), ...rest };
}

/** The history of a thread, with the reply that it is continued from. */
function messagesOf({ full, exchange }: Kept): unknown[] {
  const content = exchange.served.content.map(({ block }) => block);
  return [...(full['messages'] as unknown[]), { role: 'assistant', content }];
}

/** The server keeps no refusal, nothing that another model has finished, and nothing that did not come to its end. */
function isKept({ content, stopReason, complete }: Served): boolean {
  return complete && stopReason !== 'refusal' && !content.some(({ block }) => block.type === 'fallback');
}

/** What the API's rules say to a history, knowing the exchange that it goes on from. */
function rulesRefuse(full: JsonObject, exchanges: readonly Exchange[]): Refused | undefined {
  const messages = full['messages'] as readonly WireMessage[];
  const previous = exchanges.findLast(({ request }) => isBefore(request.messages, messages));
  const message = refuse(full, previous);
  return message === undefined ? undefined : { message };
}

const isBefore = (before: readonly WireMessage[], messages: readonly WireMessage[]): boolean =>
  before.length < messages.length && before.every((message, at) => text(message) === text(messages[at]));
const text = (value: unknown): string => JSON.stringify(value);

async function play(round: Round, id: string, response: ServerResponse, stopped: AbortSignal): Promise<void> {
  const { events, failure, then = 'end' } = round;
  if (failure) {
    const { status, type, message, headers } = failure;
    sendJson(response, status, { type: 'error', error: { type, message }, request_id: 'req_thread' }, headers);
    return;
  }
  response.writeHead(200, { ...sseHeaders, 'request-id': 'req_thread' }).flushHeaders();
  await writeChunks(response, [toSse(events.map((event) => withId(event, id)))], stopped);
  if (then !== 'hang') await finish(response, then);
}

function withId(event: object, id: string): object {
  return 'message' in event && isObject(event.message) ? { ...event, message: { ...event.message, id } } : event;
}

function sendError(response: ServerResponse, { message, code }: Refused = denied('nothing')): void {
  const status = code === undefined ? 400 : STATUS[code];
  const type = status === 404 ? 'not_found_error' : 'invalid_request_error';
  const details = code === undefined ? {} : { details: { error_code: code } };
  sendJson(response, status, { type: 'error', error: { type, message, ...details }, request_id: 'req_thread' });
}
