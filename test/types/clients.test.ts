import type { Anthropic } from '@anthropic-ai/sdk';
import type { MessageCreateParamsNonStreaming as BetaParams } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { MessageCreateParamsNonStreaming, MessageParam } from '@anthropic-ai/sdk/resources/messages/messages';
import { expectTypeOf } from 'expect-type';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { claudeStream, converse, ofType } from 'rxclaude';
import type {
  ClaudeClient,
  ClaudeEvent,
  ClaudeRequest,
  ConversationEndEvent,
  ResponseEvent,
  RoundRequest,
} from 'rxclaude';

declare const anthropic: Anthropic;
declare const end: ConversationEndEvent;
declare const stable: MessageCreateParamsNonStreaming;
declare const beta: BetaParams;
declare const event: ClaudeEvent;

function clients(): ClaudeClient[] {
  return [
    anthropic,
    anthropic.beta,
    anthropic.withOptions({ maxRetries: 0 }),
    { messages: { create: () => of(event) } },
    {
      messages: {
        create: async () =>
          Promise.resolve(
            (async function* () {
              yield await Promise.resolve(event);
            })(),
          ),
      },
    },
    { messages: { create: (_, options) => anthropic.messages.create({ ...stable, stream: true }, options) } },
    // @ts-expect-error -- a client without messages
    {},
    // @ts-expect-error -- what it gives are no events
    { messages: { create: () => of('text') } },
    // @ts-expect-error -- nor is a message
    { messages: { create: async () => anthropic.messages.create(stable) } },
  ];
}

async function history(): Promise<unknown[]> {
  const again: ClaudeRequest = { ...stable, messages: [...end.messages, { role: 'user', content: 'And now?' }] };
  return [
    anthropic.messages.create({ model: 'm', max_tokens: 1, messages: end.messages }),
    anthropic.beta.messages.create({ model: 'm', max_tokens: 1, messages: end.messages }),
    anthropic.messages.countTokens({ model: 'm', messages: end.messages }),
    converse(anthropic, again),
    converse(anthropic, { model: 'm', max_tokens: 1, messages: end.messages }),
    claudeStream(anthropic.beta, again),
    await lastValueFrom(converse(anthropic, again).pipe(ofType('conversation_end'))).then(({ messages }) => messages),
  ];
}

function requests(): unknown[] {
  const request: RoundRequest = { model: 'm', max_tokens: 1, messages: [] };
  const params = {
    model: 'claude-opus-5-5',
    max_tokens: 1,
    system: [{ type: 'text' as const, text: 's', cache_control: { type: 'ephemeral' as const } }],
    messages: [{ role: 'user' as const, content: 'x' }],
    thinking: { type: 'adaptive' as const },
    tool_choice: { type: 'any' as const },
  };
  return [
    claudeStream(anthropic, stable),
    claudeStream(anthropic, beta),
    claudeStream(anthropic.beta, { ...beta, betas: ['x-2026-01-01'] }),
    claudeStream(anthropic, request),
    converse(anthropic, stable),
    converse(anthropic, beta),
    converse(anthropic, request),
    converse(anthropic, params),
    converse(anthropic, Object.freeze({ ...params, messages: Object.freeze([...params.messages]) })),
    converse(anthropic, { ...params, tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
    converse(anthropic, params, {
      stream: { headers: { a: 'b' }, maxRetries: 0, signal: new AbortController().signal },
    }),
  ];
}

describe('the types of clients and requests', () => {
  it('are checked by the compiler', () => {
    expect([clients, history, requests].map((check) => typeof check)).toEqual(['function', 'function', 'function']);
  });

  it('fit the SDK on both sides', () => {
    expectTypeOf<Anthropic>().toExtend<ClaudeClient>();
    expectTypeOf<Anthropic['beta']>().toExtend<ClaudeClient>();
    expectTypeOf<MessageCreateParamsNonStreaming>().toExtend<ClaudeRequest>();
    expectTypeOf<BetaParams>().toExtend<ClaudeRequest>();
    expectTypeOf<RoundRequest>().toExtend<ClaudeRequest>();
    expectTypeOf<ConversationEndEvent['messages']>().toEqualTypeOf<MessageParam[]>();
    expectTypeOf<ReturnType<typeof claudeStream>>().toEqualTypeOf<Observable<ClaudeEvent | ResponseEvent>>();
    expectTypeOf<ClaudeRequest>().not.toHaveProperty('stream');
    expect(typeof claudeStream).toBe('function');
  });
});
