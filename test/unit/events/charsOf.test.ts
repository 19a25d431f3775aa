import type { RoundEvent } from 'rxclaude';
import { claude } from '../../../marbles/index.js';
import { charsOf } from '../../../src/events/charsOf.js';

const long = 'x'.repeat(1_234);
const delta = (fields: object): RoundEvent =>
  ({ type: 'content_block_delta', index: 0, delta: fields }) as unknown as RoundEvent;

it.each<[string, RoundEvent]>([
  ['text', claude.text(long, 0)],
  ['thinking', delta({ type: 'thinking_delta', thinking: long })],
  ['input', claude.inputJson(long, 0)],
  ['a signature', delta({ type: 'signature_delta', signature: long })],
  ['a compaction', delta({ type: 'compaction_delta', content: long })],
  ['input, read', { type: 'tool_input', text: long } as RoundEvent],
])('a piece of %s counts its length', (_, event) => {
  expect(charsOf(event)).toBe(1_234);
});

it.each([claude.text('', 0), claude.text('Hi', 0), claude.inputJson('', 0)])('a short piece counts 10: %j', (event) => {
  expect(charsOf(event)).toBe(10);
});

it.each([
  claude.ping(),
  claude.messageStart(),
  claude.contentBlockStart({ type: 'text', text: long }, 0),
  delta({ type: 'future_delta', more: long }),
  delta({ type: 'compaction_delta', content: null }),
  { type: 'event_of_the_future', text: long } as unknown as RoundEvent,
])('any other event counts 100: %j', (event) => {
  expect(charsOf(event)).toBe(100);
});
