import fc from 'fast-check';
import type { ClaudeMessage, RoundRequest } from 'rxclaude';
import { deepFreeze } from '../message/deepFreeze.js';

const id = fc.stringMatching(/^toolu_[a-zA-Z0-9]{1,6}$/);
const json = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom('__proto__', 'b', 'a')),
  fc.jsonValue({ maxDepth: 2 }),
  {
    maxKeys: 4,
  },
);

/** Content blocks of all kinds, odd ones too: empty and blank text, inputs that are no object, types nobody knows. */
const block: fc.Arbitrary<object> = fc.oneof(
  fc.record({ type: fc.constant('text'), text: fc.oneof(fc.constantFrom('', ' ', '\n', 'a '), fc.string()) }),
  fc.record({ type: fc.constant('thinking'), thinking: fc.string(), signature: fc.string() }),
  fc.record({ type: fc.constant('redacted_thinking'), data: fc.string() }),
  fc.record(
    {
      type: fc.constant('tool_use'),
      id,
      name: fc.constantFrom('add', 'look'),
      input: fc.oneof(json, fc.jsonValue({ maxDepth: 1 })),
      caller: fc.constant({ type: 'direct' }),
      toolset_name: fc.constant('browser'),
    },
    { requiredKeys: ['type', 'id', 'name', 'input'] },
  ),
  fc.record({
    type: fc.constant('server_tool_use'),
    id: fc.constantFrom('srvtoolu_1', 'srvtoolu_2'),
    name: fc.constant('web_search'),
    input: json,
  }),
  fc.record({
    type: fc.constant('web_search_tool_result'),
    tool_use_id: fc.constantFrom('srvtoolu_1', 'srvtoolu_2'),
    content: fc.constant([]),
  }),
  fc.record({ type: fc.constant('fallback'), from: fc.constant({ model: 'a' }), to: fc.constant({ model: 'b' }) }),
  fc.record({ type: fc.constant('from_the_future'), parts: json }),
);

/** Replies of all kinds. */
export const reply: fc.Arbitrary<ClaudeMessage> = fc
  .record({
    id: fc.constant('msg_1'),
    type: fc.constant('message'),
    role: fc.constant('assistant'),
    model: fc.constant('claude-opus-5-5'),
    content: fc.array(block, { maxLength: 6 }),
    stop_reason: fc.constantFrom(
      'end_turn',
      'tool_use',
      'pause_turn',
      'max_tokens',
      'refusal',
      'compaction',
      'newer_word',
    ),
    stop_sequence: fc.constant(null),
    container: fc.constantFrom(undefined, null, { id: 'container_1', expires_at: '2026-11-22T00:00:00Z' }),
    usage: fc.constant({ input_tokens: 1, output_tokens: 1 }),
  })
  .map((message) => deepFreeze(message) as unknown as ClaudeMessage);

/** Requests of all kinds, as they go on the wire. */
export const request: fc.Arbitrary<RoundRequest> = fc
  .record(
    {
      metadata: fc.constant({ user_id: 'u' }),
      model: fc.constant('claude-opus-5-5'),
      tools: fc.array(
        fc.record({ name: fc.stringMatching(/^[a-z]{1,5}$/), input_schema: fc.constant({ type: 'object' }) }),
        { maxLength: 3 },
      ),
      system: fc.oneof(fc.string(), fc.constant([{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }])),
      messages: fc.array(
        fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.oneof(fc.string(), fc.array(block)) }),
        { maxLength: 4 },
      ),
      max_tokens: fc.integer({ min: 1 }),
      tool_choice: fc.constantFrom(
        { type: 'auto' },
        { type: 'any' },
        { type: 'none' },
        { type: 'tool', name: 'add' },
        { type: 'any', disable_parallel_tool_use: true },
        { type: 'auto', disable_parallel_tool_use: false },
      ),
      container: fc.constantFrom(null, 'container_0', {
        id: 'container_0',
        skills: [{ type: 'anthropic', skill_id: 's' }],
      }),
      thinking: fc.constant({ type: 'adaptive' }),
      newer_field: json,
    },
    { requiredKeys: ['model', 'messages', 'max_tokens'] },
  )
  .map((value) => deepFreeze(value) as unknown as RoundRequest);
