import type Anthropic from '@anthropic-ai/sdk';
import { converse, toErrorFacts } from 'rxclaude';
import type {
  ClaudeRequest,
  ConversationEndEvent,
  ConverseOptions,
  RetryPolicy,
  RoundEvent,
  ToolEntry,
} from 'rxclaude';
import { sdkClient } from '../../support/sdkClient.js';
import type { Round, StrictServer } from '../../support/strictServer.js';
import { refuse } from '../../support/strictServer.js';
import { readServed } from '../../support/strictRules/served.js';
import { readView } from '../../support/strictRules/view.js';
import type { Exchange } from '../../support/strictRules/view.js';
import { only, run } from './run.js';

/** A question, to be given tools. */
export const question: ClaudeRequest = {
  model: 'claude-opus-5-5',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'What now?' }],
};

/** Retries as usual, without the wait. */
export const quick: RetryPolicy = { minDelay: 1, random: () => 0 };

/** A request as it came over the wire. */
export interface WireRequest {
  readonly messages: readonly WireMessage[];
  readonly [field: string]: unknown;
}
export interface WireMessage {
  readonly role: string;
  readonly content: string | readonly WireBlock[];
}
export type WireBlock = Readonly<Record<string, unknown>> & { readonly type: string };

/** A conversation that is over. */
export interface Talk {
  readonly events: readonly RoundEvent[];
  /** `undefined` unless it failed. */
  readonly error: unknown;
  /** Fails the test where there is none. */
  readonly end: ConversationEndEvent;
  readonly requests: readonly WireRequest[];
  readonly refusals: readonly string[];
  /** What the API would answer to the whole history with a new user message behind it; `undefined` if it accepts. */
  readonly nextRefusal: string | undefined;
}

export interface TalkOptions extends ConverseOptions {
  readonly request?: Partial<ClaudeRequest>;
  readonly beta?: boolean;
}

/** Holds a conversation with a strict server, through the SDK's own client over HTTP. */
export async function talk(
  server: StrictServer,
  rounds: readonly Round[],
  tools: readonly ToolEntry[] = [],
  { request, beta = false, ...options }: TalkOptions = {},
): Promise<Talk> {
  const client = sdkClient(server.url);
  const asked = { ...question, ...(tools.length > 0 && { tools }), ...request };
  const { events, error } = await run(converse(beta ? client.beta : client, asked, options));
  const requests = bodies(server);
  return {
    events,
    error,
    get end() {
      return endOf(events, error);
    },
    requests,
    refusals: server.refusals,
    get nextRefusal() {
      const last = requests.at(-1);
      const played = rounds.filter(({ failure }) => failure === undefined)[server.roundsPlayed() - 1];
      return last && played && refusalOfNext(last, played.events, endOf(events, error).messages);
    },
  };
}

/** The last event, which must be the end of a conversation. */
export function endOf(events: readonly RoundEvent[], error?: unknown): ConversationEndEvent {
  const end = events.at(-1);
  if (end?.type !== 'conversation_end') throw new Error(`No conversation_end, but ${String(error)}`);
  return end;
}

/** The bodies that a server received. */
export function bodies(server: { readonly requests: readonly { readonly body: unknown }[] }): readonly WireRequest[] {
  return server.requests.map(({ body }) => body as WireRequest);
}

/** What the API would answer if a user went on after a conversation. */
function refusalOfNext(last: WireRequest, served: readonly object[], messages: readonly unknown[]): string | undefined {
  const view = readView(last);
  if (typeof view === 'string') return view;
  const exchange: Exchange = { request: view, served: readServed(served) };
  // The forced choice of the first round must not be sent again, and a program would not.
  const { tool_choice: _, ...rest } = last;
  const next = { ...rest, messages: [...messages, { role: 'user', content: 'And then?' }] };
  return refuse(JSON.parse(JSON.stringify(next)), exchange);
}

/** The results in the last message of a request, and nothing else may be in that message. */
export function resultsOf(request: WireRequest | undefined): Anthropic.ToolResultBlockParam[] {
  const last = request?.messages.at(-1);
  if (last?.role !== 'user' || typeof last.content === 'string') throw new Error('The last message holds no results.');
  expect(last.content.map(({ type }) => type)).toEqual(last.content.map(() => 'tool_result'));
  return last.content as unknown as Anthropic.ToolResultBlockParam[];
}

/** The ids of the tools that were started, in that order. */
export const started = (events: readonly RoundEvent[]): string[] => only(events, 'tool_start').map(({ id }) => id);

/** What holds for every conversation that goes well. */
export function expectSound(held: Talk): void {
  expect(held.error).toBeUndefined();
  expectUsable(held);
}

/** What holds for every conversation that fails: it says so at its end, and leaves a history that can be gone on with. */
export function expectFailed(held: Talk): void {
  expect(held.error).toBeInstanceOf(Error);
  expect(held.end.reason).toBe('error');
  expect(held.end.error).toEqual(toErrorFacts(held.error));
  expectUsable(held);
}

function expectUsable(held: Talk): void {
  expect(held.refusals).toEqual([]);
  expect(held.end.type).toBe('conversation_end');
  expect(held.nextRefusal).toBeUndefined();
}
