/** Recorded conversations, replayed round by round: what we send is what the recorded client sent. */
import { ToolError } from '@anthropic-ai/sdk/lib/tools/ToolError';
import { converse } from 'rxclaude';
import type { ClaudeRequest, Tool } from 'rxclaude';
import { describeRecordings, recordings, recordingsOf } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { sdkClient } from '../support/sdkClient.js';
import { refuse } from '../support/strictServer.js';
import { readServed } from '../support/strictRules/served.js';
import { readView } from '../support/strictRules/view.js';
import type { Exchange } from '../support/strictRules/view.js';
import { run } from './support/run.js';
import { servers } from './support/servers.js';
import { bodies } from './support/talk.js';
import type { WireBlock, WireMessage, WireRequest } from './support/talk.js';

const { bytes } = servers();

const requestOf = ({ request }: Recording): WireRequest => request as WireRequest;
const blocksOf = ({ content }: WireMessage): readonly WireBlock[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content;
const resultsIn = (message: WireMessage): readonly WireBlock[] =>
  blocksOf(message).filter(({ type }) => type === 'tool_result');

/** How a recorded client answered a call. */
interface Answer {
  readonly content: unknown;
  readonly is_error: unknown;
}

/** The answers to all calls of a conversation, by id. */
function answersOf(rounds: readonly Recording[]): ReadonlyMap<unknown, Answer> {
  const results = rounds.flatMap((round) => requestOf(round).messages.flatMap(resultsIn));
  return new Map(results.map(({ tool_use_id, content, is_error }) => [tool_use_id, { content, is_error }]));
}

/** The recorded tools, answering as the recorded client did. */
function fakeTools(request: WireRequest, answers: ReadonlyMap<unknown, Answer>, asked: string[]): Tool[] {
  const definitions = (request['tools'] ?? []) as readonly Tool['definition'][];
  return definitions.map((definition) => ({
    name: definition.name,
    definition,
    idempotent: false,
    decode: (input) => ({ _tag: 'Right', right: input }),
    run: (_input, { call }) => {
      asked.push(call.id);
      const answer = answers.get(call.id);
      if (answer === undefined) throw new Error(`No recorded answer to ${call.id}.`);
      if (answer.is_error === true) throw new ToolError(answer.content as never);
      return answer.content;
    },
  }));
}

/** Gone since API version 2026-10-21; `thinking` and others stay. */
const OLD = ['temperature', 'top_p', 'top_k', 'anthropic_version', 'stream'];

const toRequest = (recorded: WireRequest, messages: unknown, tools: readonly Tool[]): ClaudeRequest => {
  const kept = Object.entries(recorded).filter(([key]) => !OLD.includes(key));
  // The SDK warns of the recorded models: they are on their way out.
  const request = { max_tokens: 1024, ...Object.fromEntries(kept), model: 'claude-opus-5-5', messages };
  return { ...request, ...(tools.length > 0 && { tools }) } as unknown as ClaudeRequest;
};

/** The rounds that belong together: up to a reply that neither calls nor pauses. Then a user spoke again. */
function conversationsIn(rounds: readonly Recording[]): Recording[][] {
  const conversations: Recording[][] = [[]];
  for (const round of rounds) {
    conversations.at(-1)!.push(round);
    if (!['tool_use', 'pause_turn'].includes(round.index['stop_reason'] ?? '')) conversations.push([]);
  }
  return conversations.filter(({ length }) => length > 0);
}

/** Replays a whole set and returns what was sent for each round. */
async function replay(rounds: readonly Recording[]): Promise<{ sent: readonly WireRequest[]; asked: string[] }> {
  const server = await bytes(...rounds.map((round) => ({ chunks: [round.bytes], then: 'end' as const })));
  const asked: string[] = [];
  const answers = answersOf(rounds);
  let history: readonly unknown[] = [];
  let seen = 0;
  for (const conversation of conversationsIn(rounds)) {
    const recorded = requestOf(conversation[0]!);
    const fresh = recorded.messages.slice(seen === 0 ? 0 : seen + 1);
    const tools = fakeTools(requestOf(conversation.at(-1)!), answers, asked);
    const request = toRequest(recorded, [...history, ...fresh], tools);
    const { events, error } = await run(converse(sdkClient(server.url).beta, request));
    expect(error).toBeUndefined();
    const end = events.at(-1);
    if (end?.type !== 'conversation_end') throw new Error('No conversation_end.');
    history = end.messages;
    seen = requestOf(conversation.at(-1)!).messages.length;
  }
  return { sent: bodies(server), asked };
}

/** What must agree: the blocks, what the calls and results say. What only one of two clients keeps is set aside. */
function gist({ role, content }: { role: string; content: readonly WireBlock[] }): unknown {
  return { role, content: content.map(gistOfBlock) };
}

function gistOfBlock(block: WireBlock): unknown {
  const { type, id, name, input, text, thinking, signature, tool_use_id, is_error, content } = block;
  if (type === 'tool_use' || type === 'server_tool_use') return { type, id, name, input };
  if (type === 'tool_result') return { type, tool_use_id, is_error: is_error === true, content: asBlocks(content) };
  return { type, text, thinking, signature, tool_use_id };
}

const asBlocks = (content: unknown): unknown => {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (content as WireBlock[]).map(({ cache_control: _, ...block }) => block);
};

function eventsOf(recording: Recording): object[] {
  const lines = new TextDecoder().decode(recording.bytes).split(/\r?\n/);
  return lines.filter((line) => line.startsWith('data:')).map((line) => JSON.parse(line.slice(5)) as object);
}

/** What the API would say to each request, knowing the one before it. */
function refusals(sent: readonly WireRequest[], rounds: readonly Recording[]): unknown[] {
  return sent.flatMap((body, at) => {
    const view = at > 0 ? readView(sent[at - 1]) : undefined;
    const exchange =
      typeof view === 'object'
        ? ({ request: view, served: readServed(eventsOf(rounds[at - 1]!)) } as Exchange)
        : undefined;
    return refuse(body, exchange) ?? [];
  });
}

/** What cannot be compared, why, and how to leave it out on both sides. */
interface SetAside {
  readonly why: string;
  readonly keeps?: (block: WireBlock, message: WireMessage) => boolean;
  readonly tools?: false;
}

const setAside: Readonly<Record<string, SetAside>> = {
  'chatlas-image-tool': {
    why: 'without the texts and images behind the results: that client puts them beside its result',
    keeps: ({ type }, message) => type === 'tool_result' || resultsIn(message).length === 0,
  },
  'fantasy-testanthropiccomputeruse-claude-sonnet-4-computer-use-streamin': {
    why: "without Claude's text: that client did not echo it",
    keeps: ({ type }, { role }) => role !== 'assistant' || type !== 'text',
  },
  'rig-request-overridden-by-hook-streaming': {
    why: 'without the tools: that client changes them midway',
    tools: false,
  },
};

describeRecordings('recorded conversations', () => {
  const complete = [...new Set(recordings().map(({ set }) => set))]
    .map((set) => recordingsOf(set))
    .filter(([first, ...more]) => first?.index['set_complete'] === 'yes' && more.length > 0);
  const comparable = complete.filter((rounds) => rounds.every((round) => 'request' in round));

  const named = comparable.map((rounds) => {
    const set = rounds[0]!.set;
    const kind = rounds[0]!.index['set_kind'] ?? '';
    const note = setAside[set] === undefined ? '' : ` [${setAside[set].why}]`;
    return [`${set}: ${String(rounds.length)} rounds of kind ${kind}${note}`, rounds] as const;
  });

  it.each(named)('%s: each request is the recorded one', async (_name, rounds) => {
    const { sent, asked } = await replay(rounds);

    expect(sent).toHaveLength(rounds.length);
    const calls = rounds.flatMap((round) =>
      readServed(eventsOf(round)).content.flatMap(({ block }) => (block.type === 'tool_use' ? [block['id']] : [])),
    );
    expect(asked).toEqual(calls);
    const { keeps = () => true, tools } = setAside[rounds[0]!.set] ?? {};
    const compared = (message: WireMessage): unknown =>
      gist({ ...message, content: blocksOf(message).filter((block) => keeps(block, message)) });
    rounds.forEach((round, at) => {
      expect(sent[at]!.messages.map(compared)).toEqual(requestOf(round).messages.map(compared));
      expect(sent[at]!['container']).toEqual(requestOf(round)['container']);
      if (tools !== false) expect(sent[at]!['tools']).toEqual(requestOf(round)['tools']);
    });
    expect(refusals(sent, rounds)).toEqual([]);
  });

  it('are enough of them, and no complete set is left out', () => {
    expect(comparable.length).toBe(complete.length);
    expect(comparable.length).toBeGreaterThan(20);
  });
});
