/** What a conversation leaves of a reply that breaks off: all that the API takes back, and nothing else. */
import { concat, NEVER, of, Subject } from 'rxjs';
import { accumulateToolInput, resumeConversation } from 'rxclaude';
import { checkHistory } from 'rxclaude/history';
import type { ClaudeRequest, ConversationEndEvent, RoundContext, RoundEvent } from 'rxclaude';
import { claude } from '../../../marbles/index.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';
import { answered, said, text, unrun } from '../../../marbles/specs/support/messages.js';
import { observe } from '../../../marbles/specs/support/observe.js';

const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
const start = claude.messageStart();

const thinking = (index: number): RoundEvent[] => [
  claude.contentBlockStart({ type: 'thinking', thinking: '', signature: '' }, index),
  { type: 'content_block_delta', index, delta: { type: 'thinking_delta', thinking: 'Hm', estimated_tokens: 1 } },
];
const signed = (index: number): RoundEvent[] => [
  { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature: 'sig' } },
  claude.contentBlockStop(index),
];
const thought = { type: 'thinking', thinking: 'Hm', signature: 'sig' };
const words = (index: number, ...pieces: string[]): RoundEvent[] => [
  claude.textStart(index),
  ...pieces.map((piece) => claude.text(piece, index)),
];
const halfCall = (index: number): RoundEvent[] => [
  claude.toolUseStart(`toolu_${index}`, 'k', index),
  claude.inputJson('{"n":1,"m', index),
];
const call = (index: number): RoundEvent[] => [
  claude.toolUseStart(`toolu_${index}`, 'k', index),
  claude.inputJson('{"n":', index),
  claude.inputJson('1}', index),
  claude.contentBlockStop(index),
];
const called = (index: number) => ({ type: 'tool_use', id: `toolu_${index}`, name: 'k', input: { n: 1 } });
const notRun = (index: number) => unrun(String(index), 'the conversation was stopped');
const search = (index: number): RoundEvent[] => [
  claude.contentBlockStart({ type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }, index),
  claude.inputJson('{"query":"x"}', index),
  claude.contentBlockStop(index),
];
const searched = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } };
const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };

/** Stops a conversation behind these events of its first reply. */
function stopBehind(events: RoundEvent[]): ConversationEndEvent {
  const stop$ = new Subject<void>();
  const round = () => concat(of(start, ...events), NEVER).pipe(accumulateToolInput());
  const seen = observe(of(q).pipe(resumeConversation(round, { stop$, grace: 0 })));
  stop$.next();
  expect(seen.end).toBe('complete');
  return seen.values.at(-1) as ConversationEndEvent;
}

it.each<[string, RoundEvent[], object[]]>([
  ['that has only begun', [], []],
  ['with text', words(0, 'Hel', 'lo'), [said(text('Hello'))]],
  ['with an empty text', words(0), []],
  ['with white space', words(0, ' ', '\n'), []],
  ['with a thought that is not whole', thinking(0), []],
  ['with a thought and nothing behind it', [...thinking(0), ...signed(0)], []],
  ['with a thought and half a call', [...thinking(0), ...signed(0), ...halfCall(1)], []],
  ['with a thought and text', [...thinking(0), ...signed(0), ...words(1, 'Hi')], [said(thought, text('Hi'))]],
  [
    'with text and a thought',
    [...words(0, 'Hi'), claude.contentBlockStop(0), ...thinking(1), ...signed(1)],
    [said(text('Hi'))],
  ],
  ['with half a call', halfCall(0), []],
  ['with text and half a call', [...words(0, 'Hi'), claude.contentBlockStop(0), ...halfCall(1)], [said(text('Hi'))]],
  ['with a call', call(0), [said(called(0)), answered(notRun(0))]],
  ['with a call and half another', [...call(0), ...halfCall(1)], [said(called(0)), answered(notRun(0))]],
  ['with two calls', [...call(0), ...call(1)], [said(called(0), called(1)), answered(notRun(0), notRun(1))]],
  [
    'with calls that are written at the same time, the first one not whole',
    [...halfCall(0), ...call(1)],
    [said(called(1)), answered(notRun(1))],
  ],
  [
    'with a server tool that has no result',
    [...words(0, 'Hi'), claude.contentBlockStop(0), ...search(1)],
    [said(text('Hi'))],
  ],
  [
    'with a server tool and its result',
    [...search(0), claude.contentBlockStart(found, 1), claude.contentBlockStop(1)],
    [said(searched, found)],
  ],
  ['that is a refusal', [...words(0, 'Hi'), claude.contentBlockStop(0), claude.stop('refusal')], []],
  [
    'that is over but for its last event',
    [...words(0, 'Hi'), claude.contentBlockStop(0), claude.stop('end_turn')],
    [said(text('Hi'))],
  ],
])('a reply %s', (_, events, added) => {
  const { messages, reason } = stopBehind(events);
  expect(reason).toBe('stopped');
  expect(messages).toEqual([...q.messages, ...added]);
  expect(checkHistory([...messages, { role: 'user', content: 'And now?' }])).toEqual([]);
});

it('shows in `message` what is whole, also what the history cannot hold', () => {
  const { message } = stopBehind([
    ...words(0, 'Hi'),
    claude.contentBlockStop(0),
    ...thinking(1),
    ...signed(1),
    ...halfCall(2),
  ]);
  expect(message).toMatchObject({ stop_reason: null, content: [text('Hi'), thought] });
  expect(message!.content).toHaveLength(2);
});

describe('`message` is the last reply', () => {
  const [s, ...rest] = [start, ...call(0), claude.stop('tool_use'), { type: 'message_stop' as const }];
  const result = { type: 'tool_result' as const, tool_use_id: 'toolu_0', content: 'r' };
  const answer: RoundEvent = {
    type: 'tool_result',
    round: 1,
    id: 'toolu_0',
    name: 'k',
    index: 0,
    result,
    outcome: { _tag: 'Right', right: 'r' },
    duration: 0,
  };

  /** A conversation that is stopped in its second round, behind these events. */
  const stopInSecond = (...events: RoundEvent[]): ConversationEndEvent => {
    const stop$ = new Subject<void>();
    const second = concat(of(...events), NEVER);
    const round = (_: unknown, { round: number }: RoundContext) => (number === 1 ? [s, ...rest, answer] : second);
    const seen = observe(of(q).pipe(resumeConversation(round, { stop$ })));
    stop$.next();
    return seen.values.at(-1) as ConversationEndEvent;
  };

  it('that had begun', () => {
    const { message, rounds } = stopInSecond(claude.messageStart({ id: 'msg_2' }), ...words(0, 'Hi'));
    expect([message?.id, rounds]).toEqual(['msg_2', 2]);
  });

  it('also when the next one had not begun', () => {
    const { message, rounds } = stopInSecond();
    expect([message?.id, rounds]).toEqual(['msg_1', 2]);
  });
});
