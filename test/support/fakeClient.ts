import type { Observable } from 'rxjs';
import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { ClaudeClient, ClaudeReply, RequestOptions } from '../../src/transport/ClaudeClient.js';

/** One call of `messages.create`. */
interface SentRequest {
  readonly params: Parameters<ClaudeClient['messages']['create']>[0];
  readonly signal: AbortSignal;
}

/** A client whose replies are marbles, and which remembers what was sent. */
export interface FakeClient extends ClaudeClient {
  readonly sent: readonly SentRequest[];
}

/** Makes a client that gives one reply after another, and the last one again and again. */
export function fakeClient(...replies: Observable<ClaudeEvent>[]): FakeClient {
  const sent: SentRequest[] = [];
  return {
    sent,
    messages: {
      create: (params, { signal }: RequestOptions = {}) => {
        sent.push({ params, signal: signal as AbortSignal });
        return replies[Math.min(sent.length, replies.length) - 1] as ClaudeReply;
      },
    },
  };
}
