import { of } from 'rxjs';
import { resumeConversation } from '../../src/index.js';
import type {
  ClaudeEvent,
  ClaudeRequest,
  ConversationEndEvent,
  ResumeConversationOptions,
  RoundContext,
} from '../../src/index.js';
import type { RoundEndEvent, RoundEvent, RoundRequest } from '../../src/index.js';
import { added, claude } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';

// What is sent in each round, and what a conversation ends with. The rounds are lists of events, so all happens at
// once, and there are no diagrams.
const weather = frozen(claude.toolUse('toolu_weather', 'weather'));
const time = frozen(claude.toolUse('toolu_time', 'time'));
const sunny = frozen(added.toolResult(added.toolCall('toolu_weather', 'weather'), 'sunny'));
const noon = frozen(added.toolResult(added.toolCall('toolu_time', 'time', {}, 1), 'noon'));
/** Two calls, whose results come in another order. */
const calling = [...claude.message(weather, time), noon, sunny];
const answer = claude.message(claude.textBlock('Hi'));
const request: ClaudeRequest = frozen({
  model: 'claude-test',
  system: 'Be short.',
  messages: [{ role: 'user', content: 'Hi' }],
  max_tokens: 100,
  tools: [fakeTool('weather', () => 'sunny'), { type: 'web_search_20250305', name: 'web_search' }],
  tool_choice: { type: 'auto' },
});

/** Runs a conversation with the given rounds. The last one repeats. */
function hold(rounds: (readonly RoundEvent[])[], options: ResumeConversationOptions = {}, first = request) {
  const sent: RoundRequest[] = [];
  const round = (next: RoundRequest, { round: number }: RoundContext) => {
    sent.push(next);
    return rounds[number - 1] ?? rounds.at(-1)!;
  };
  const seen = observe(of(first).pipe(resumeConversation(round, options)));
  if (seen.end === 'error') throw seen.error;
  const end = seen.values.at(-1) as ConversationEndEvent;
  const ends = seen.values.filter((event): event is RoundEndEvent => event.type === 'round_end');
  return { sent, end, ends, events: seen.values };
}

const replyBlocks = [weather.start.content_block, time.start.content_block];

describe('the next request', () => {
  const { sent, ends, end, events } = hold([calling, answer]);

  it('is the last one and two messages: the reply, and its results in the order of the calls', () => {
    const reply = { role: 'assistant', content: replyBlocks };
    const results = { role: 'user', content: [sunny.result, noon.result] };
    expect(sent[1]).toEqual({ ...sent[0], messages: [...sent[0]!.messages, reply, results] });
    expect(sent).toHaveLength(2);
  });

  it('is the same to the byte up to the new messages', () => {
    const [before, after] = sent.map((each) => JSON.stringify({ ...each, messages: each.messages.slice(0, 1) }));
    expect(after).toBe(before);
    expect(sent[1]!.tools).toBe(sent[0]!.tools);
    expect(sent[1]!.messages[0]).toBe(sent[0]!.messages[0]);
  });

  it('is what round_start carries, with the tools as the API takes them', () => {
    const starts = events.flatMap((event) => (event.type === 'round_start' ? [event] : []));
    expect(starts).toEqual([
      { type: 'round_start', round: 1, request: sent[0] },
      { type: 'round_start', round: 2, request: sent[1] },
    ]);
    const definition = { name: 'weather', description: 'The tool weather.', input_schema: { type: 'object' } };
    expect(sent[0]).toEqual({ ...request, tools: [definition, request.tools![1]] });
    expect(JSON.parse(JSON.stringify(sent))).toEqual(sent);
  });

  it('has every block of the reply as it came', () => {
    const content = [
      { type: 'thinking', thinking: '', signature: 'sig' },
      { type: 'redacted_thinking', data: 'x' },
      {
        type: 'server_tool_use',
        id: 'srvtoolu_1',
        name: 'web_search',
        input: { query: 'x' },
        caller: { type: 'direct' },
      },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      { type: 'block_of_the_future', wish: { unknown: true } },
      {
        type: 'tool_use',
        id: 'toolu_weather',
        name: 'weather',
        input: {},
        caller: { type: 'code_execution', tool_id: 'x' },
      },
    ];
    const blocks = content.map((block) => claude.wholeBlock(block));
    const second = hold([[...claude.message(...blocks), sunny], answer]).sent[1]!;
    expect(second.messages[1]).toEqual({ role: 'assistant', content });
    expect(second.messages[2]).toEqual({ role: 'user', content: [sunny.result] });
  });

  it('is not touched by what the caller does to the first one, and the caller’s is not touched', () => {
    const mine = { ...request, messages: [...request.messages], tools: [...request.tools!] };
    const sentNow: RoundRequest[] = [];
    const round = (next: RoundRequest) => {
      sentNow.push(next);
      mine.messages.push({ role: 'user', content: 'Me too' });
      mine.tools.pop();
      mine.model = 'another';
      return sentNow.length === 1 ? calling : answer;
    };
    of(mine).pipe(resumeConversation(round)).subscribe();
    expect(sentNow).toEqual(sent);
    expect(mine.messages).toHaveLength(3);
  });

  it('is the same each time the conversation runs', () => {
    const timeless = (event: RoundEvent) => ({ ...event, first_token: 0, duration: 0 });
    expect(hold([calling, answer]).events.map(timeless)).toEqual(events.map(timeless));
    expect([ends.length, end.rounds]).toEqual([2, 2]);
  });

  it.each([
    [{ type: 'any' }, { type: 'auto' }],
    [
      { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
      { type: 'auto', disable_parallel_tool_use: true },
    ],
    [{ type: 'none' }, { type: 'none' }],
    [undefined, undefined],
  ] as const)('has for the tool_choice %j then %j', (forced, free) => {
    const { tool_choice: _, ...rest } = request;
    const first = { ...rest, ...(forced && { tool_choice: forced }) };
    const choices = hold([calling, calling, answer], {}, first).sent.map(({ tool_choice }) => tool_choice);
    expect(choices).toEqual([forced, free, free]);
  });

  it('names the container that the reply ran in', () => {
    const container = { id: 'container_1', expires_at: 'soon' } as never;
    const inContainer = [...claude.message(claude.messageStart({ container }), weather), sunny];
    const skills = [{ type: 'anthropic', skill_id: 'xlsx' }] as never;
    const plain = hold([inContainer, calling, answer]).sent.map((each) => each.container);
    const withSkills = hold([inContainer, answer], {}, { ...request, container: { skills } }).sent;
    expect(plain).toEqual([undefined, 'container_1', 'container_1']);
    expect(withSkills.map((each) => each.container)).toEqual([{ skills }, { skills, id: 'container_1' }]);
  });

  it('adds only the reply after pause_turn', () => {
    const search = claude.serverToolUse('srvtoolu_1', 'web_search');
    const paused = claude.message(search, claude.stop('pause_turn'));
    const { sent: requests, end: over } = hold([paused, paused, answer], { maxRounds: 2 });
    const reply = { role: 'assistant', content: [search.start.content_block] };
    expect(requests.map(({ messages }) => messages)).toEqual([request.messages, [...request.messages, reply]]);
    // The API would refuse a new user message after a server tool that is still at work.
    expect(over).toMatchObject({ reason: 'max_rounds', rounds: 2, messages: request.messages });
  });

  it('has no results when tool_use was for a server tool that is still at work', () => {
    const search = claude.serverToolUse('srvtoolu_1', 'web_search');
    const { sent: requests } = hold([claude.message(search, claude.stop('tool_use')), answer]);
    const reply = { role: 'assistant', content: [search.start.content_block] };
    expect(requests[1]!.messages).toEqual([...request.messages, reply]);
  });

  it('has one result for an id that came twice: the first one', () => {
    const again = { ...sunny, result: { ...sunny.result, content: 'again', is_error: true } };
    const twice = [...claude.message(weather, weather), sunny, { ...again, output: undefined, error: 'again' }];
    const { sent: requests } = hold([twice, answer]);
    const added = [
      { role: 'assistant', content: [weather.start.content_block] },
      { role: 'user', content: [sunny.result] },
    ];
    expect(requests[1]!.messages).toEqual([...request.messages, ...added]);
  });
});

describe('the end', () => {
  const reasons = [
    'end_turn',
    'max_tokens',
    'stop_sequence',
    'model_context_window_exceeded',
    'word_of_the_future',
    null,
  ];
  it.each(reasons)('comes with the stop_reason %p, and the reply is in the history', (reason) => {
    const { sent, end, ends } = hold([claude.message(claude.textBlock('Hi'), claude.stop(reason))]);
    const reply = { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] };
    expect(end).toMatchObject({
      reason: 'finished',
      stop_reason: reason,
      rounds: 1,
      messages: [...request.messages, reply],
    });
    expect(end.message).toBe(ends[0]!.message);
    expect(ends).toMatchObject([{ round: 1, results: [], next: 'end' }]);
    expect(sent).toHaveLength(1);
  });

  it.each(['max_tokens', 'stop_sequence', null])('answers the calls that %p kept from running', (reason) => {
    const { end, ends, sent } = hold([[...claude.message(weather, time, claude.stop(reason)), noon]]);
    const content = `Not run: the reply ended with ${JSON.stringify(reason)}.`;
    const unrun = { type: 'tool_result', tool_use_id: 'toolu_weather', content, is_error: true };
    const reply = { role: 'assistant', content: replyBlocks };
    expect(end.messages).toEqual([...request.messages, reply, { role: 'user', content: [unrun, noon.result] }]);
    expect(ends[0]!.results).toEqual([unrun, noon.result]);
    expect([end.reason, end.stop_reason, sent.length]).toEqual(['finished', reason, 1]);
  });

  it('leaves a refused reply out of the history', () => {
    const { end } = hold([claude.message(claude.textBlock('Hi'), weather, claude.stop('refusal'))]);
    expect(end).toMatchObject({
      reason: 'finished',
      stop_reason: 'refusal',
      messages: request.messages,
      message: { stop_reason: 'refusal' },
    });
  });

  it.each([
    ['empty', claude.message()],
    ['an empty text', claude.message(claude.textBlock())],
    ['white space', claude.message(claude.textBlock(' \n'))],
  ])('leaves a reply that is %s out of the history', (_, reply) => {
    const { end } = hold([reply]);
    expect(end).toMatchObject({ reason: 'finished', stop_reason: 'end_turn', messages: request.messages, rounds: 1 });
  });

  it('comes with tool_use when nothing was called', () => {
    expect(hold([claude.message(claude.textBlock('Hi'), claude.stop('tool_use'))]).end).toMatchObject({
      reason: 'finished',
      stop_reason: 'tool_use',
      rounds: 1,
    });
  });

  it('keeps with max_rounds the results of the last round', () => {
    const { end, ends } = hold([calling], { maxRounds: 2 });
    expect(end).toMatchObject({ reason: 'max_rounds', rounds: 2 });
    expect(end.messages).toHaveLength(5);
    // The ids that the first round used already are others in the history.
    const again = [sunny, noon].map(({ result: { tool_use_id, ...rest } }) => ({
      ...rest,
      tool_use_id: `${tool_use_id}_2`,
    }));
    expect(end.messages.at(-1)).toEqual({ role: 'user', content: again });
    expect(ends.map(({ next }) => next)).toEqual(['resume', 'end']);
  });

  it('sums the last usage of each round', () => {
    const usage = { input_tokens: 100, output_tokens: 1, cache_creation_input_tokens: 7, cache_read_input_tokens: 3 };
    const usedSoFar = (counts: object) =>
      ({ ...claude.stop('tool_use'), usage: { output_tokens: 1, ...counts } }) as ClaudeEvent;
    const start = claude.messageStart({ usage } as never);
    const later = { output_tokens: 50, input_tokens: 120, output_tokens_details: { thinking_tokens: 9 } };
    const searched = { output_tokens: 60, server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 } };
    const { end, ends } = hold([
      [...claude.message(start, weather, usedSoFar({ output_tokens: 20 }), usedSoFar(later)), sunny],
      claude.message(start, claude.stop('end_turn'), usedSoFar(searched)),
    ]);
    expect(end.usage).toEqual({
      input_tokens: 220,
      output_tokens: 110,
      cache_creation_input_tokens: 14,
      cache_read_input_tokens: 6,
      thinking_tokens: 9,
      web_search_requests: 2,
      web_fetch_requests: 1,
    });
    expect(ends.map((each) => each.usage.output_tokens)).toEqual([50, 60]);
  });
});

describe('stopWhen', () => {
  it('is asked after each round that would lead to another one, and gets its round_end', () => {
    const stopWhen = jest.fn(() => false);
    const { ends } = hold([calling, calling, answer], { stopWhen });
    expect(stopWhen.mock.calls).toEqual([[ends[0]], [ends[1]]]);
  });

  it('is not asked where maxRounds ends the conversation', () => {
    const stopWhen = jest.fn(() => true);
    expect(hold([calling], { stopWhen, maxRounds: 1 }).end.reason).toBe('max_rounds');
    expect(stopWhen).not.toHaveBeenCalled();
  });

  it('ends with stop_when and a history in which all calls are answered', () => {
    const { end, ends } = hold([calling], { stopWhen: ({ results }) => results.length === 2 });
    expect(end).toMatchObject({ reason: 'stop_when', rounds: 1 });
    expect(end.messages.at(-1)).toEqual({ role: 'user', content: [sunny.result, noon.result] });
    expect(ends[0]!.next).toBe('end');
  });
});
