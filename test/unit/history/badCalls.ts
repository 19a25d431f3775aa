import { missing, orphan, repeated, sameId, charset, at, extra, openSearch, type BadHistory } from './BadHistory.js';
import {
  ask,
  user,
  claude,
  system,
  text,
  call,
  result,
  noResult,
  thinking,
  search,
  found,
  byCode,
  image,
  mark,
  addTool,
} from './blocks.js';

export const calls: readonly BadHistory[] = [
  {
    rule: 'a result is missing',
    messages: [ask, claude(call('t1'), call('t2')), user(result('t1'), text('a'))],
    defects: [missing(1, 't2')],
    changes: ['call_answered'],
    mended: [ask, claude(call('t1'), call('t2')), user(result('t1'), noResult('t2'), text('a'))],
  },
  {
    rule: 'all results are missing at the end',
    messages: [ask, claude(call('t1'), call('t2'))],
    defects: [missing(1, 't1, t2')],
    changes: ['call_answered', 'call_answered'],
    mended: [ask, claude(call('t1'), call('t2')), user(noResult('t1'), noResult('t2'))],
  },
  {
    rule: 'a string stands instead of a result',
    messages: [ask, claude(call('t1')), ask],
    defects: [missing(1, 't1')],
    changes: ['call_answered'],
    mended: [ask, claude(call('t1')), user(noResult('t1'), text('Hi'))],
  },
  {
    rule: 'a result is not first',
    messages: [ask, claude(call('t1'), call('t2')), user(result('t2'), text('a'), result('t1'))],
    defects: [missing(1, 't1')],
    changes: ['result_moved'],
    mended: [ask, claude(call('t1'), call('t2')), user(result('t2'), result('t1'), text('a'))],
  },
  {
    rule: 'results are split over two messages',
    messages: [ask, claude(call('t1'), call('t2')), user(result('t1')), user(result('t2'))],
    defects: [missing(1, 't2'), orphan('messages.3.content.0', 't2')],
    changes: ['message_removed', 'result_moved'],
    mended: [ask, claude(call('t1'), call('t2')), user(result('t1'), result('t2'))],
  },
  {
    rule: 'a result comes after another reply',
    messages: [ask, claude(call('t1')), claude(text('a')), user(result('t1'), text('b'))],
    defects: [missing(1, 't1'), orphan('messages.3.content.0', 't1')],
    changes: ['result_moved'],
    mended: [ask, claude(call('t1')), user(result('t1')), claude(text('a')), user(text('b'))],
  },
  {
    rule: 'a system message stands before the result',
    messages: [ask, claude(call('t1')), system('x'), user(result('t1')), claude(text('a'))],
    defects: [
      missing(1, 't1'),
      at(
        'misplaced_system',
        'messages.2',
        "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result",
      ),
      orphan('messages.3.content.0', 't1'),
      at('misplaced_system', 'messages.2', "role 'system' must precede an 'assistant' message or end the array"),
    ],
    changes: ['message_removed', 'result_moved'],
    mended: [ask, claude(call('t1')), user(result('t1')), system('x'), claude(text('a'))],
  },
  {
    rule: 'a result has no call',
    messages: [ask, claude(text('a')), user(result('t9'), text('b'))],
    defects: [orphan('messages.2.content.0', 't9')],
    changes: ['result_removed'],
    mended: [ask, claude(text('a')), user(text('b'))],
  },
  {
    rule: 'a result comes before its call',
    messages: [user(result('t1')), claude(call('t1'))],
    defects: [orphan('messages.0.content.0', 't1'), missing(1, 't1')],
    changes: ['message_removed', 'result_removed', 'call_answered'],
    mended: [claude(call('t1')), user(noResult('t1'))],
  },
  {
    rule: 'a call has two results',
    messages: [ask, claude(call('t1')), user(result('t1'), result('t1', { content: '3' }))],
    defects: [repeated('messages.2.content.1', 't1')],
    changes: ['result_removed'],
    mended: [ask, claude(call('t1')), user(result('t1'))],
  },
  {
    rule: 'two calls of one message share an id',
    messages: [ask, claude(call('t1'), call('t1', { input: { a: 1 } })), user(result('t1'), result('t1'))],
    defects: [sameId('messages.1.content.1'), repeated('messages.2.content.1', 't1')],
    changes: ['call_removed', 'result_removed'],
    mended: [ask, claude(call('t1')), user(result('t1'))],
  },
  {
    rule: 'calls of two messages share an id',
    messages: [ask, claude(call('t1')), user(result('t1')), claude(call('t1')), user(result('t1', { content: '3' }))],
    defects: [sameId('messages.3.content.0')],
    changes: ['id_renamed', 'id_renamed'],
    mended: [ask, claude(call('t1')), user(result('t1')), claude(call('t1_2')), user(result('t1_2', { content: '3' }))],
  },
  {
    rule: 'an id has odd characters',
    messages: [ask, claude(call('t 1')), user(result('t 1'))],
    defects: [charset('messages.1.content.0.tool_use.id'), charset('messages.2.content.0.tool_result.tool_use_id')],
    changes: ['id_renamed', 'id_renamed'],
    mended: [ask, claude(call('t_1')), user(result('t_1'))],
  },
  {
    rule: 'odd ids become others, and none that is there',
    messages: [ask, claude(call('t 1'), call('t.1'), call('t_1')), user(result('t.1'), result('t_1'), result('t 1'))],
    defects: [
      charset('messages.1.content.0.tool_use.id'),
      charset('messages.1.content.1.tool_use.id'),
      charset('messages.2.content.0.tool_result.tool_use_id'),
      charset('messages.2.content.2.tool_result.tool_use_id'),
    ],
    changes: ['id_renamed', 'id_renamed', 'id_renamed', 'id_renamed'],
    mended: [
      ask,
      claude(call('t_1_2'), call('t_1_3'), call('t_1')),
      user(result('t_1_3'), result('t_1'), result('t_1_2')),
    ],
  },
  {
    rule: 'a result is in a message of Claude',
    messages: [ask, claude(call('t1'), result('t1')), ask],
    defects: [
      [
        'tool_result_not_from_user',
        'messages.1.content.1',
        'messages.1: `tool_result` blocks can only be in `user` messages',
      ],
      missing(1, 't1'),
    ],
    changes: ['result_moved'],
    mended: [ask, claude(call('t1')), user(result('t1'), text('Hi'))],
  },
  {
    rule: 'a call is in a message of the user',
    messages: [user(text('a'), call('t1')), claude(text('b'))],
    defects: [
      [
        'tool_use_not_from_assistant',
        'messages.0.content.1',
        'messages.0: `tool_use` blocks can only be in `assistant` messages',
      ],
    ],
    changes: ['call_removed'],
    mended: [user(text('a')), claude(text('b'))],
  },
  {
    rule: 'an input is not an object',
    messages: [ask, claude(call('t1', { input: [1] })), user(result('t1'))],
    defects: [at('tool_input_not_object', 'messages.1.content.0.tool_use.input', 'Input should be a valid dictionary')],
    changes: ['input_changed'],
    mended: [ask, claude(call('t1', { input: {} })), user(result('t1'))],
  },
  {
    rule: 'an input is the text of an object',
    messages: [ask, claude(call('t1', { input: '{"a":1}' })), user(result('t1'))],
    defects: [at('tool_input_not_object', 'messages.1.content.0.tool_use.input', 'Input should be a valid dictionary')],
    changes: ['input_changed'],
    mended: [ask, claude(call('t1', { input: { a: 1 } })), user(result('t1'))],
  },
  {
    rule: 'a call was cut off',
    messages: [ask, claude(text('a'), call('t1'), call('t2', { input: '{"a":' }))],
    defects: [
      at('tool_input_not_object', 'messages.1.content.2.tool_use.input', 'Input should be a valid dictionary'),
      missing(1, 't1, t2'),
    ],
    changes: ['call_answered', 'call_removed'],
    mended: [ask, claude(text('a'), call('t1')), user(noResult('t1'))],
  },
  {
    rule: 'a call has no input, and is all that there is',
    messages: [ask, claude({ type: 'tool_use', id: 't1', name: 'add' }), ask],
    defects: [at('tool_input_not_object', 'messages.1.content.0.tool_use.input', 'Field required'), missing(1, 't1')],
    changes: ['message_removed', 'call_removed'],
    mended: [ask, ask],
  },
];

export const results: readonly BadHistory[] = [
  {
    rule: 'an error result holds an image',
    messages: [ask, claude(call('t1')), user(result('t1', { is_error: true, content: [text('a'), image] }))],
    defects: [
      at(
        'non_text_in_error_result',
        'messages.2.content.0.tool_result',
        'all content must be type `text` if `is_error` is true',
      ),
    ],
    changes: ['result_changed'],
    mended: [
      ask,
      claude(call('t1')),
      user(result('t1', { is_error: true, content: [text('a'), text('[image left out: it cannot be sent here]')] })),
    ],
  },
  {
    rule: 'a result for code holds an image',
    messages: [ask, claude(call('t1', byCode('srvtoolu_1'))), user(result('t1', { content: [image] }))],
    defects: [
      at(
        'non_text_in_programmatic_result',
        'messages.2.content.0.tool_result',
        'results of programmatic tool calls hold only text',
      ),
    ],
    changes: ['result_changed'],
    mended: [
      ask,
      claude(call('t1', byCode('srvtoolu_1'))),
      user(result('t1', { content: [text('[image left out: it cannot be sent here]')] })),
    ],
  },
  {
    rule: 'a result does not name its toolset',
    messages: [ask, claude(call('t1', { toolset_name: 'browser' })), user(result('t1'))],
    defects: [
      at('toolset_name_not_echoed', 'messages.2.content.0.tool_result.toolset_name', 'must be that of its tool_use'),
    ],
    changes: ['result_changed'],
    mended: [ask, claude(call('t1', { toolset_name: 'browser' })), user(result('t1', { toolset_name: 'browser' }))],
  },
  {
    rule: 'a result names a toolset that its call has not',
    messages: [ask, claude(call('t1')), user(result('t1', { toolset_name: 'browser' }))],
    defects: [
      at('toolset_name_not_echoed', 'messages.2.content.0.tool_result.toolset_name', 'must be that of its tool_use'),
    ],
    changes: ['result_changed'],
    mended: [ask, claude(call('t1')), user(result('t1'))],
  },
  {
    rule: 'a member of a toolset returns a document',
    messages: [
      ask,
      claude(call('t1', { toolset_name: 'browser' })),
      user(result('t1', { toolset_name: 'browser', content: [image, { type: 'tool_reference', tool_name: 'x' }] })),
    ],
    defects: [
      at(
        'invalid_toolset_result',
        'messages.2.content.0.tool_result',
        'results of toolset members hold only text and images',
      ),
    ],
    changes: ['result_changed'],
    mended: [
      ask,
      claude(call('t1', { toolset_name: 'browser' })),
      user(
        result('t1', {
          toolset_name: 'browser',
          content: [image, text('[tool_reference left out: it cannot be sent here]')],
        }),
      ),
    ],
  },
  {
    rule: 'a missing result is that of a member of a toolset',
    messages: [ask, claude(call('t1', { toolset_name: 'browser' }))],
    defects: [missing(1, 't1')],
    changes: ['call_answered'],
    mended: [ask, claude(call('t1', { toolset_name: 'browser' })), user(noResult('t1', { toolset_name: 'browser' }))],
  },
  {
    rule: 'the content of a result is not a list',
    messages: [ask, claude(call('t1')), user(result('t1', { content: { sum: 2 } }))],
    defects: [at('invalid_result_content', 'messages.2.content.0.tool_result.content', 'Input should be a valid list')],
    changes: ['result_changed'],
    mended: [ask, claude(call('t1')), user(result('t1', { content: '{"sum":2}' }))],
  },
  {
    rule: 'a block in a result is not a block',
    messages: [ask, claude(call('t1')), user(result('t1', { content: [{ sum: 2 }, { type: 'text' }, text('')] }))],
    defects: [
      at(
        'invalid_result_content',
        'messages.2.content.0.tool_result.content.0',
        "Input tag '' found using 'type' does not match any of the expected tags: 'text', 'image', 'document', 'search_result', 'tool_reference', 'browser_state'",
      ),
      at('invalid_result_content', 'messages.2.content.0.tool_result.content.1.text.text', 'Field required'),
    ],
    changes: ['result_changed'],
    mended: [ask, claude(call('t1')), user(result('t1', { content: [text('{"sum":2}'), text('')] }))],
  },
  {
    rule: 'a block in a result has too many fields, and a mark on nothing',
    messages: [ask, claude(call('t1')), user(result('t1', { content: [text('a', { index: 0 }), text('', mark)] }))],
    defects: [
      extra('messages.2.content.0.tool_result.content.0.text.index'),
      at(
        'cache_mark_on_empty_text',
        'messages.2.content.0.tool_result.content.1.text',
        'cache_control cannot be set for empty text blocks',
      ),
    ],
    changes: ['field_removed'],
    mended: [ask, claude(call('t1')), user(result('t1', { content: [text('a'), text('')] }))],
  },
  {
    rule: '`is_error` is not a boolean',
    messages: [ask, claude(call('t1')), user(result('t1', { is_error: 'true' }))],
    defects: [at('malformed_block', 'messages.2.content.0.tool_result.is_error', 'Input should be a valid boolean')],
    changes: ['result_changed'],
    mended: [ask, claude(call('t1')), user(result('t1', { is_error: true }))],
  },
];

export const serverTools: readonly BadHistory[] = [
  {
    rule: 'a user speaks while a server tool is open',
    messages: [ask, claude(text('a'), search('srvtoolu_1')), user(text('go on'))],
    defects: [openSearch('messages.1.content.1')],
    changes: ['server_tool_removed'],
    mended: [ask, claude(text('a')), user(text('go on'))],
  },
  {
    rule: 'a user answers and speaks while a server tool is open',
    messages: [ask, claude(search('srvtoolu_1'), call('t1')), user(result('t1'), text('go on'))],
    defects: [openSearch('messages.1.content.0')],
    changes: ['server_tool_removed'],
    mended: [ask, claude(call('t1')), user(result('t1'), text('go on'))],
  },
  {
    rule: 'a server tool is open, with calls of its code',
    messages: [
      ask,
      claude(thinking(), search('srvtoolu_1', { name: 'code_execution' }), call('t1', byCode('srvtoolu_1'))),
      user(result('t1'), text('go on')),
    ],
    defects: [
      [
        'open_server_tool',
        'messages.1.content.1',
        '`code_execution` tool use with id `srvtoolu_1` was found without a corresponding `code_execution_tool_result` block',
      ],
    ],
    // What the call did is done: it stays, as a call of Claude's own.
    changes: ['server_tool_removed', 'caller_removed'],
    mended: [ask, claude(thinking(), call('t1')), user(result('t1'), text('go on'))],
  },
  {
    rule: 'a result of a server tool comes too late',
    messages: [ask, claude(search('srvtoolu_1'), text('a')), ask, claude(found('srvtoolu_1'), text('b')), ask],
    defects: [openSearch('messages.1.content.0')],
    changes: ['server_tool_removed', 'result_removed'],
    mended: [ask, claude(text('a')), ask, claude(text('b')), ask],
  },
  {
    rule: 'the tool of an open call is gone',
    messages: [ask, claude(text('a'), search('srvtoolu_1'))],
    tools: [addTool],
    defects: [openSearch('messages.1.content.1', ' but no `web_search` tool was provided')],
    changes: ['server_tool_removed'],
    mended: [ask, claude(text('a'))],
  },
  {
    rule: 'a result of a server tool has no call',
    messages: [ask, claude({ ...found('srvtoolu_1'), type: 'advisor_tool_result' }, text('a'))],
    defects: [
      [
        'unexpected_server_result',
        'messages.1.content.0',
        'unexpected `tool_use_id` found in `advisor_tool_result` blocks: srvtoolu_1. Each `advisor_tool_result` block must have a corresponding `server_tool_use` block before it.',
      ],
    ],
    changes: ['result_removed'],
    mended: [ask, claude(text('a'))],
  },
  {
    rule: 'the id of a server tool has odd characters',
    messages: [ask, claude(search('toolu-1'), found('toolu-1'), call('t1', byCode('toolu-1'))), user(result('t1'))],
    defects: [charset('messages.1.content.0.server_tool_use.id', '^srvtoolu_[a-zA-Z0-9_]+$')],
    changes: ['id_renamed', 'id_renamed', 'id_renamed'],
    mended: [
      ask,
      claude(search('srvtoolu_toolu_1'), found('srvtoolu_toolu_1'), call('t1', byCode('srvtoolu_toolu_1'))),
      user(result('t1')),
    ],
  },
  {
    rule: 'two server tools share an id',
    messages: [ask, claude(search('srvtoolu_1'), found('srvtoolu_1'), search('srvtoolu_1'), found('srvtoolu_1'))],
    defects: [sameId('messages.1.content.2')],
    changes: ['id_renamed', 'id_renamed'],
    mended: [ask, claude(search('srvtoolu_1'), found('srvtoolu_1'), search('srvtoolu_1_2'), found('srvtoolu_1_2'))],
  },
  {
    rule: 'the input of a server tool is not an object',
    messages: [ask, claude(search('srvtoolu_1', { input: '{"query":"x"}' }), found('srvtoolu_1'))],
    defects: [
      at('tool_input_not_object', 'messages.1.content.0.server_tool_use.input', 'Input should be a valid dictionary'),
    ],
    changes: ['input_changed'],
    mended: [ask, claude(search('srvtoolu_1', { input: { query: 'x' } }), found('srvtoolu_1'))],
  },
];
