import type { RoundRequest } from '../events/RoundRequest.js';
import { isObject } from '../values/isObject.js';
import { samePrefix } from '../values/samePrefix.js';
import type { SourceEvent } from './Source.js';

/** The server's copy of one conversation, as far as it can be known from here. */
export interface Thread {
  /** What to send for a request: only what the server has not seen, or the whole of it. */
  toSend(request: RoundRequest): RoundRequest;
  /** Follows the reply to what was sent last. */
  take(event: SourceEvent): void;
  /** Whether what was refused is to be sent again, as a whole this time. */
  recovers(error: unknown): boolean;
  /** Whether what is sent says anything about a thread. */
  readonly threaded: boolean;
}

/** A reply that the server keeps, and the request that it answered. */
interface Anchor {
  readonly id: string;
  readonly request: RoundRequest;
  readonly calls: readonly string[];
}

/** Codes that say: the server does not have this thread as we think. Any other refusal says that it has no threads. */
const LOST = [
  'thread_not_found',
  'thread_already_continued',
  'thread_continue_in_flight',
  'thread_fingerprint_mismatch',
];

/** Refusals that have nothing to do with the thread: authentication, time, size and rate limits. */
const OTHER_REFUSALS = [401, 402, 403, 408, 413, 429];

/**
 * Makes the state of one conversation. It begins a thread, continues it reply by reply, begins a new one from the whole
 * history when the server has lost it, and does without when the server has none or loses it time and again.
 */
export function createThread(): Thread {
  let threaded = true;
  let anchor: Anchor | undefined;
  /** Whether the thread in use takes the place of one that was lost. */
  let replaced = false;
  let sent: RoundRequest | undefined;
  let continued = false;
  let begun = false;
  let replyId = '';
  let kept = true;
  /** The ids of the calls in the reply, as the server knows them. */
  let calls: string[] = [];

  const keep = (): void => {
    if (continued) replaced = false;
    anchor = kept && sent !== undefined && replyId !== '' ? { id: replyId, request: sent, calls } : undefined;
  };

  return {
    get threaded() {
      return threaded;
    },
    toSend(request) {
      sent = request;
      begun = false;
      replyId = '';
      kept = true;
      calls = [];
      if (!threaded) return request;
      const messages = anchor && newMessages(anchor, request);
      continued = messages !== undefined;
      if (anchor === undefined || messages === undefined) return { ...request, thread: { type: 'create' } };
      const { system, tools, ...rest } = request;
      return { ...rest, messages, thread: { type: 'continue', previous_message_id: anchor.id } };
    },
    take(event) {
      begun = true;
      switch (event.type) {
        case 'message_start':
          replyId = event.message.id;
          break;
        case 'content_block_start':
          // The server keeps no reply that another model has finished.
          if (event.content_block.type === 'fallback') kept = false;
          if (event.content_block.type === 'tool_use') calls.push(event.content_block.id);
          break;
        case 'message_delta':
          if (event.delta.stop_reason === 'refusal') kept = false;
          break;
        case 'message_stop':
          keep();
          break;
        default:
      }
    },
    recovers(error) {
      if (!threaded || begun || !isRefusal(error)) return false;
      anchor = undefined;
      threaded = continued && !replaced && LOST.includes(String(error['errorCode']));
      replaced = true;
      return true;
    },
  };
}

/** What a request has that the one before it, and its reply, had not; `undefined` when it is not a continuation. */
function newMessages({ request: before, calls }: Anchor, request: RoundRequest): RoundRequest['messages'] | undefined {
  const { length } = before.messages;
  const goesOn = request.messages.length > length && samePrefix(before.messages, request.messages) === length;
  if (!goesOn || before.system !== request.system || before.tools !== request.tools) return undefined;
  const reply = request.messages[length];
  if (reply?.role !== 'assistant') return request.messages.slice(length);
  // Where the reply was mended, the server does not know it.
  return hasCalls(reply, calls) ? request.messages.slice(length + 1) : undefined;
}

function hasCalls({ content }: RoundRequest['messages'][number], ids: readonly string[]): boolean {
  if (typeof content === 'string') return ids.length === 0;
  return content.every((block) => block.type !== 'tool_use' || ids.includes(block.id));
}

function isRefusal(error: unknown): error is Record<string, unknown> {
  if (!isObject(error)) return false;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 && !OTHER_REFUSALS.includes(status);
}
