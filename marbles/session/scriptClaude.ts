import { isObservable, type Observable, throwError } from 'rxjs';
import type { ClaudeEvent } from '../../src/events/ClaudeEvent.js';
import type { RoundRequest } from '../../src/events/RoundRequest.js';
import type { ClaudeClient } from '../../src/transport/ClaudeClient.js';
import { apiError } from '../alphabet/apiError.js';
import { createPlacement, type Unplaced } from '../alphabet/placement.js';
import type { Session } from './createSession.js';
import { type Lifespan, track } from './Lifespan.js';
import { MarbleError } from './MarbleError.js';
import { play } from './play.js';
import { replyScript } from './replyScript.js';
import { requestProblems } from './requestProblems.js';

/**
 * The answer to one request: a diagram in Claude's letters, a stream of events such as `reply(...)`, a list of events that come
 * at once, or the error that refuses the request.
 */
export type ScriptedReply = string | Observable<ClaudeEvent> | readonly (ClaudeEvent | Unplaced)[] | Error;

/** A request that was sent. */
export interface ScriptedRequest extends Lifespan {
  /** The body, as JSON. */
  readonly body: RoundRequest & { readonly stream: true };
  /** The signal that cancels it. */
  readonly signal: AbortSignal | undefined;
}

/** A client that plays replies, and records the requests. */
export interface ScriptedClient extends ClaudeClient {
  /** The requests so far, in order. */
  readonly requests: readonly ScriptedRequest[];
  /** The same client, for programs that use the beta. */
  readonly beta: ScriptedClient;
}

/** Makes a client that plays one reply after the other. */
export function scriptClaude(session: Session, replies: readonly ScriptedReply[]): ScriptedClient {
  const { scheduler } = session;
  const requests: ScriptedRequest[] = [];
  const refused: string[] = [];
  const now = (): number => scheduler.now();
  const scripted = replies.map((reply) => toObservable(reply, session));

  const answer = (body: Record<PropertyKey, unknown>, number: number): Observable<ClaudeEvent> => {
    const problems = requestProblems(body);
    if (problems.length > 0) {
      refused.push(`The API would refuse request ${number}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
      return throwError(() => apiError('invalid_request_error', { message: problems.join('; '), status: 400 }));
    }
    const missing = `There is no reply for request ${number}: scriptClaude was given ${replies.length}.`;
    return scripted[number - 1] ?? throwError(() => new MarbleError(missing));
  };
  session.atEnd(() => {
    const [first] = refused;
    if (first !== undefined) return first;
    if (requests.length > replies.length) {
      return `There is no reply for request ${replies.length + 1}: scriptClaude was given ${replies.length}.`;
    }
    if (requests.length === replies.length) return undefined;
    const sent = requests.length === 1 ? '1 request was' : `${requests.length} requests were`;
    return `Replies are left over: scriptClaude was given ${replies.length}, but ${sent} sent.`;
  });

  const client: ScriptedClient = {
    requests,
    get beta() {
      return client;
    },
    messages: {
      create(params, { signal } = {}) {
        const body = JSON.parse(JSON.stringify(params)) as ScriptedRequest['body'];
        const request: ScriptedRequest = { body, signal: signal ?? undefined, from: now() };
        requests.push(request);
        return answer({ ...body }, requests.length).pipe(track(request, now));
      },
    },
  };
  return client;
}

function toObservable(reply: ScriptedReply, session: Session): Observable<ClaudeEvent> {
  if (isObservable(reply)) return reply;
  if (reply instanceof Error) return throwError(() => reply);
  if (typeof reply === 'string') {
    return play(
      replyScript(reply, {}, (letter) => session.count(letter)),
      session.scheduler,
    );
  }
  const moment = { frame: 0, values: reply.map(createPlacement()) };
  return play({ moments: [moment], end: { frame: 0 } }, session.scheduler);
}
