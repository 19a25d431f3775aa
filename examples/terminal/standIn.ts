import type { Anthropic } from '@anthropic-ai/sdk';
import type { ChatCompletionRequest, ChatMessage, LLMock } from '@copilotkit/aimock';
import { concatWith, defer, from, map, NEVER, Observable, switchMap } from 'rxjs';
import { answer, plan, type Finding } from './standInScript.js';

/** Small pieces, so that the text visibly grows. */
const CHUNK_SIZE = 4;

/**
 * A stand-in for Claude on a free port of this machine: aimock speaks the Messages API over HTTP, `standInScript` decides
 * what to say. Emits a client for it; unsubscribing closes it.
 */
export function standIn(): Observable<Anthropic> {
  return defer(() => Promise.all([import('@copilotkit/aimock'), import('@anthropic-ai/sdk')])).pipe(
    switchMap(([{ LLMock }, { Anthropic }]) =>
      listen(new LLMock({ port: 0, host: '127.0.0.1', chunkSize: CHUNK_SIZE })).pipe(
        map((baseURL) => new Anthropic({ apiKey: 'stand-in', baseURL, maxRetries: 0 })),
      ),
    ),
  );
}

/** Emits its address; unsubscribing closes it. */
function listen(mock: LLMock): Observable<string> {
  mock.on({ hasToolResult: false }, firstReply, { streamingProfile: { ttft: 300, tps: 45, jitter: 0.5 } });
  mock.on({ hasToolResult: true }, lastReply, { streamingProfile: { ttft: 300, tps: 75, jitter: 0.5 } });
  return new Observable((subscriber) => {
    const started = mock.start();
    subscriber.add(() => void started.then(() => mock.stop()).catch(() => undefined));
    from(started).pipe(concatWith(NEVER)).subscribe(subscriber);
  });
}

/** Round one: what the script wants to know. */
function firstReply(request: ChatCompletionRequest): StandInReply {
  const { text, calls } = plan(textOf(request.messages.findLast(({ role }) => role === 'user')));
  return {
    content: text,
    ...(calls.length > 0 && {
      toolCalls: calls.map(({ name, input }) => ({ name, arguments: JSON.stringify(input) })),
    }),
    usage: usageOf(request, text + JSON.stringify(calls)),
  };
}

/** Round two: an answer made of the results. */
function lastReply(request: ChatCompletionRequest): StandInReply {
  const calls = request.messages.flatMap(({ tool_calls }) => tool_calls ?? []);
  const findings = calls.map(({ id, function: call }): Finding => {
    const result = textOf(request.messages.find(({ tool_call_id }) => tool_call_id === id));
    return { name: call.name, input: JSON.parse(call.arguments) as Finding['input'], result };
  });
  const content = answer(findings);
  return { content, usage: usageOf(request, content) };
}

interface StandInReply {
  readonly content: string;
  readonly toolCalls?: { name: string; arguments: string }[];
  readonly usage: { input_tokens: number; output_tokens: number };
}

/** About four letters make a token. */
function usageOf(request: ChatCompletionRequest, reply: string): StandInReply['usage'] {
  return {
    input_tokens: Math.ceil(JSON.stringify([request.messages, request.tools]).length / 4),
    output_tokens: Math.ceil(reply.length / 4),
  };
}

function textOf(message: ChatMessage | undefined): string {
  return typeof message?.content === 'string' ? message.content : '';
}
