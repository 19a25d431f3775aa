import { at, extra, empty, blank, emptyUser, type BadHistory } from './BadHistory.js';
import { ask, user, claude, system, text, call, result, thinking, mark, addTool } from './blocks.js';

export const texts: readonly BadHistory[] = [
  {
    rule: 'a text is empty',
    messages: [ask, claude(text(''), call('t1')), user(result('t1'))],
    defects: [empty('messages.1.content.0')],
    changes: ['text_removed'],
    mended: [ask, claude(call('t1')), user(result('t1'))],
  },
  {
    rule: 'an empty text is all that there is, and marked',
    messages: [ask, claude(text('a')), user(text('', mark))],
    defects: [
      empty('messages.2.content.0'),
      at('cache_mark_on_empty_text', 'messages.2.content.0.text', 'cache_control cannot be set for empty text blocks'),
    ],
    changes: ['message_removed', 'text_removed'],
    mended: [ask, claude(text('a'))],
  },
  {
    rule: 'a message is blank',
    messages: [ask, claude(text(' '), text('\n')), { role: 'user', content: '\t' }],
    defects: [blank('messages.1'), blank('messages.2')],
    changes: ['message_removed', 'message_removed'],
    mended: [ask],
  },
  {
    rule: 'a message of the user is empty',
    messages: [ask, claude(text('a')), user(), { role: 'user', content: '' }],
    defects: [emptyUser('messages.2'), emptyUser('messages.3')],
    changes: ['message_removed', 'message_removed'],
    mended: [ask, claude(text('a'))],
  },
  {
    rule: 'a document of Claude, citations of the user',
    messages: [
      user(text('a', { citations: [{}] })),
      claude({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }, text('a')),
    ],
    defects: [
      at('citations_from_user', 'messages.0.content.0', 'citations cannot be in a user message'),
      at('document_from_assistant', 'messages.1.content.0', 'a document cannot be in an assistant message'),
    ],
    changes: ['field_removed', 'block_removed'],
    mended: [user(text('a')), claude(text('a'))],
  },
];

export const thoughts: readonly BadHistory[] = [
  {
    rule: 'thinking has no signature',
    messages: [ask, claude({ type: 'thinking', thinking: 'Hm.' }, text('a'))],
    defects: [at('unsigned_thinking', 'messages.1.content.0.thinking.signature', 'Field required')],
    changes: ['thinking_removed'],
    mended: [ask, claude(text('a'))],
  },
  {
    rule: 'thinking has an empty signature, and is all that there is',
    messages: [ask, claude(thinking('')), ask],
    defects: [
      at('unsigned_thinking', 'messages.1.content.0', 'Invalid `signature` in `thinking` block'),
      [
        'final_thinking',
        'messages.1.content.0',
        'messages.1: The final block in an assistant message cannot be `thinking`.',
      ],
    ],
    changes: ['message_removed', 'thinking_removed'],
    mended: [ask, ask],
  },
  {
    rule: 'a turn ends with thinking',
    messages: [ask, claude(text('a'), thinking(), { type: 'redacted_thinking', data: 'x' })],
    defects: [
      [
        'final_thinking',
        'messages.1.content.2',
        'messages.1: The final block in an assistant message cannot be `redacted_thinking`.',
      ],
    ],
    changes: ['thinking_removed', 'thinking_removed'],
    mended: [ask, claude(text('a'))],
  },
];

export const shapes: readonly BadHistory[] = [
  {
    rule: 'a field is too many',
    messages: [
      ask,
      { ...claude(text('a', { parsed_output: null }), { ...thinking(), index: 0 }, call('t1', { index: 1 })), id: 'm' },
      user(result('t1', { name: 'add' })),
    ],
    defects: [
      extra('messages.1.id'),
      extra('messages.1.content.0.text.parsed_output'),
      extra('messages.1.content.1.thinking.index'),
      extra('messages.1.content.2.tool_use.index'),
      extra('messages.2.content.0.tool_result.name'),
    ],
    changes: ['field_removed', 'field_removed', 'field_removed', 'field_removed', 'field_removed'],
    mended: [ask, claude(text('a'), thinking(), call('t1')), user(result('t1'))],
  },
  {
    rule: 'a message is not a message',
    messages: [null, ask, { role: 'tool', content: 'x' }, { role: 'user' }, { role: 'user', content: 5 }],
    defects: [
      at('malformed_message', 'messages.0', 'Input should be an object'),
      at('malformed_message', 'messages.2.role', "Input should be 'user', 'assistant' or 'system'"),
      at('malformed_message', 'messages.3.content', 'Field required'),
      at('malformed_message', 'messages.4.content', 'Input should be a valid list'),
    ],
    changes: ['message_removed', 'message_removed', 'message_removed', 'message_removed'],
    mended: [ask],
  },
  {
    rule: 'a block is not a block',
    messages: [user(null, { text: 'a' }, { type: 'text' }, { type: 'image' }, text('b'))],
    defects: [
      at('malformed_block', 'messages.0.content.0.type', 'Field required'),
      at('malformed_block', 'messages.0.content.1.type', 'Field required'),
      at('malformed_block', 'messages.0.content.2.text.text', 'Field required'),
      at('malformed_block', 'messages.0.content.3.image.source', 'Field required'),
    ],
    changes: ['block_removed', 'block_removed', 'block_removed', 'block_removed'],
    mended: [user(text('b'))],
  },
  {
    rule: 'there are too many cache marks',
    messages: [
      user(text('a', mark), text('b', mark)),
      claude(call('t1', mark)),
      user(result('t1', { ...mark, content: [text('c', mark), text('d', mark)] })),
    ],
    tools: [{ ...addTool, ...mark }],
    defects: [
      [
        'too_many_cache_marks',
        'messages.2.content.0',
        'A maximum of 4 blocks with cache_control may be provided. Found 7.',
      ],
    ],
    changes: ['cache_mark_removed', 'cache_mark_removed', 'cache_mark_removed'],
    mended: [
      user(text('a'), text('b')),
      claude(call('t1')),
      user(result('t1', { ...mark, content: [text('c', mark), text('d', mark)] })),
    ],
  },
];

export const left: readonly BadHistory[] = [
  {
    rule: 'a system message is first',
    messages: [system('x'), ask],
    defects: [
      at(
        'misplaced_system',
        'messages.0',
        "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result",
      ),
      at('misplaced_system', 'messages.0', "role 'system' must precede an 'assistant' message or end the array"),
    ],
    changes: [],
  },
  {
    rule: 'there are no tools',
    messages: [ask, claude(call('t1')), user(result('t1'))],
    tools: [],
    defects: [
      ['missing_tools', 'tools', 'Requests which include `tool_use` or `tool_result` blocks must define tools.'],
    ],
    changes: [],
  },
  {
    rule: 'tools are wrong',
    messages: [ask],
    tools: [
      { name: 'a b', input_schema: { type: 'object', anyOf: [] } },
      { name: 'a'.repeat(129), input_schema: { type: 'string' } },
      { name: 'add', input_schema: { type: 'object', properties: { 'a b': {} } }, timeout: 9 },
      { ...addTool, type: 'custom' },
      null,
    ],
    defects: [
      at('invalid_tool_name', 'tools.0.custom.name', "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
      at(
        'invalid_tool_schema',
        'tools.0.custom.input_schema',
        'input_schema does not support oneOf, allOf, or anyOf at the top level',
      ),
      at('invalid_tool_name', 'tools.1.custom.name', 'String should have at most 128 characters'),
      at('invalid_tool_schema', 'tools.1.custom.input_schema.type', "Input should be 'object'"),
      at('malformed_tool', 'tools.2.custom.timeout', 'Extra inputs are not permitted'),
      at(
        'invalid_tool_schema',
        'tools.2.custom.input_schema.properties',
        "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
      ),
      at('invalid_tool_name', 'tools.4.custom.name', 'Field required'),
      at('invalid_tool_schema', 'tools.4.custom.input_schema', 'Field required'),
      ['duplicate_tool_name', 'tools', 'tools: Tool names must be unique.'],
    ],
    changes: [],
  },
  {
    rule: 'all tools are deferred',
    messages: [ask],
    tools: [{ ...addTool, defer_loading: true }],
    defects: [
      ['all_tools_deferred', 'tools', 'At least one tool must have defer_loading=false. All tools cannot be deferred.'],
    ],
    changes: [],
  },
  {
    rule: 'the tools alone have too many cache marks',
    messages: [ask],
    tools: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...addTool, ...mark, name })),
    defects: [['too_many_cache_marks', 'tools', 'A maximum of 4 blocks with cache_control may be provided. Found 5.']],
    changes: [],
  },
];
