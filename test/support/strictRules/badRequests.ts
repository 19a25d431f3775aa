/** A request that the API refuses, and its exact words. */
export interface BadRequest {
  readonly rule: string;
  readonly change: object;
  readonly message: string;
}

export const addTool = { name: 'add', input_schema: { type: 'object', properties: { a: { type: 'number' } } } };

/** A good request; each case below changes one thing. */
export const goodRequest = {
  model: 'claude-opus-5-5',
  max_tokens: 64,
  tools: [addTool],
  messages: [{ role: 'user', content: '1 + 1?' }] as object[],
};

const ask = { role: 'user', content: 'Hi' };
const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more });
const call = (id: string, more: object = {}): object => ({ type: 'tool_use', id, name: 'add', input: {}, ...more });
const result = (id: string, more: object = {}): object => ({
  type: 'tool_result',
  tool_use_id: id,
  content: '2',
  ...more,
});
const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } };
const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const user = (...content: object[]): object => ({ role: 'user', content });
const say = (...messages: object[]): object => ({ messages: [ask, ...messages] });

const bad = (rule: string, change: object, message: string): BadRequest => ({ rule, change, message });

const missing = (n: number, ids: string): string =>
  `messages.${String(n)}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
const orphan = (path: string, id: string): string =>
  `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
const extra = (path: string): string => `${path}: Extra inputs are not permitted`;
const openSearch =
  '`web_search` tool use with id `srvtoolu_1` was found without a corresponding `web_search_tool_result` block';
const noPrefill =
  'This model does not support assistant message prefill. The conversation must end with a user message.';
const keyPattern = "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'";
const searchTool = { type: 'web_search_20250305', name: 'web_search' };
const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' };

const tool = (more: object): object => ({ tools: [{ ...addTool, ...more }] });
const schema = (more: object): object => tool({ input_schema: { type: 'object', ...more } });

const envelope: readonly BadRequest[] = [
  bad('no max_tokens', { max_tokens: undefined }, 'max_tokens: Field required'),
  bad('max_tokens no number', { max_tokens: '9' }, 'max_tokens: Input should be a valid integer'),
  bad('not streamed', { stream: false }, 'strictServer: a streaming request must hold "stream": true'),
  bad('unknown top-level key', { maxRounds: 3 }, extra('maxRounds')),
  bad('sampling', { temperature: 1 }, extra('temperature')),
  bad('thread', { thread: { type: 'create' } }, 'strictServer: threads are not supported here, send the whole history'),
  bad('no message', { messages: [] }, 'messages: at least one message is required'),
  bad(
    'role',
    { messages: [{ role: 'tool', content: 'x' }] },
    "messages.0.role: Input should be 'user', 'assistant' or 'system'",
  ),
  bad(
    'forced choice, manual thinking',
    { tool_choice: { type: 'any' }, thinking: { type: 'enabled', budget_tokens: 1024 } },
    'Thinking may not be enabled when tool_choice forces tool use.',
  ),
  bad(
    'forced choice, model',
    { model: 'claude-fable-5-1', tool_choice: { type: 'tool', name: 'add' } },
    'tool_choice forces tool use is not compatible with this model.',
  ),
  bad(
    'five breakpoints',
    {
      messages: [
        user(...['a', 'b', 'c', 'd', 'e'].map((word) => text(word, { cache_control: { type: 'ephemeral' } }))),
      ],
    },
    'A maximum of 4 blocks with cache_control may be provided. Found 5.',
  ),
  bad(
    'breakpoint on an empty text',
    { messages: [user(text('a'), text('', { cache_control: { type: 'ephemeral' } }))] },
    'messages.0.content.1.text: cache_control cannot be set for empty text blocks',
  ),
];

const tools: readonly BadRequest[] = [
  bad('tool name', tool({ name: 'a b' }), "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
  bad('long name', tool({ name: 'a'.repeat(129) }), 'tools.0.custom.name: String should have at most 128 characters'),
  bad('names twice', { tools: [addTool, addTool] }, 'tools: Tool names must be unique.'),
  bad(
    'schema root',
    schema({ anyOf: [] }),
    'tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
  ),
  bad('schema type', schema({ type: 'string' }), "tools.0.custom.input_schema.type: Input should be 'object'"),
  bad('no schema', tool({ input_schema: undefined }), 'tools.0.custom.input_schema: Field required'),
  bad('keys', schema({ properties: { 'a b': {} } }), `tools.0.custom.input_schema.properties: ${keyPattern}`),
  bad(
    'all deferred',
    tool({ defer_loading: true }),
    'At least one tool must have defer_loading=false. All tools cannot be deferred.',
  ),
  bad('leftover', tool({ idempotent: true }), extra('tools.0.custom.idempotent')),
  bad(
    'leftover of a server tool',
    { tools: [{ ...searchTool, timeout: 9 }] },
    extra('tools.0.web_search_20250305.timeout'),
  ),
  bad(
    'no tools',
    { ...say(assistant(call('t1')), user(result('t1'))), tools: undefined },
    'Requests which include `tool_use` or `tool_result` blocks must define tools.',
  ),
];

const pairs: readonly BadRequest[] = [
  bad('result missing', say(assistant(call('t1'), call('t2')), user(result('t1'))), missing(1, 't2')),
  bad('result not first', say(assistant(call('t1')), user(text('a'), result('t1'))), missing(1, 't1')),
  bad(
    'results split away',
    say(assistant(call('t1'), call('t2')), user(result('t1')), user(result('t2'))),
    missing(1, 't2'),
  ),
  bad('nothing after the call', say(assistant(call('t1'))), missing(1, 't1')),
  bad(
    'system in between',
    say(assistant(call('t1')), { role: 'system', content: 'x' }, user(result('t1'))),
    missing(1, 't1'),
  ),
  bad('orphan result', say(assistant(text('a')), user(result('t9'))), orphan('messages.2.content.0', 't9')),
  bad(
    'two results',
    say(assistant(call('t1')), user(result('t1'), result('t1'))),
    'messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: t1',
  ),
  bad(
    'ids twice',
    say(assistant(call('t1'), call('t1')), user(result('t1'))),
    'messages.1.content.1: `tool_use` ids must be unique',
  ),
  bad(
    'id characters',
    say(assistant(call('t 1')), user(result('t 1'))),
    "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  ),
  bad(
    'server id characters',
    say(assistant({ ...search, id: 'toolu_1' })),
    "messages.1.content.0.server_tool_use.id: String should match pattern '^srvtoolu_[a-zA-Z0-9_]+$'",
  ),
  bad(
    'result of the assistant',
    say(assistant(call('t1')), assistant(result('t1'))),
    'messages.2: `tool_result` blocks can only be in `user` messages',
  ),
  bad('call of the user', say(user(call('t1'))), 'messages.1: `tool_use` blocks can only be in `assistant` messages'),
  bad(
    'input no object',
    say(assistant(call('t1', { input: [1] })), user(result('t1'))),
    'messages.1.content.0.tool_use.input: Input should be a valid dictionary',
  ),
  bad(
    'image in an error',
    say(assistant(call('t1')), user(result('t1', { is_error: true, content: [{ type: 'image', source: {} }] }))),
    'messages.2.content.0.tool_result: all content must be type `text` if `is_error` is true',
  ),
  bad(
    'result is a number',
    say(assistant(call('t1')), user(result('t1', { content: 2 }))),
    'messages.2.content.0.tool_result.content: Input should be a valid list',
  ),
  bad(
    'toolset name missing',
    say(assistant(call('t1', { toolset_name: 'computer' })), user(result('t1'))),
    'strictServer: messages.2.content.0.tool_result.toolset_name: must be that of its tool_use ("computer")',
  ),
];

const serverTools: readonly BadRequest[] = [
  bad('open server tool, text', { ...say(assistant(search), user(text('go on'))), tools: [searchTool] }, openSearch),
  bad(
    'open server tool, result and text',
    { ...say(assistant(search, call('t1')), user(result('t1'), text('a'))), tools: [addTool, searchTool] },
    openSearch,
  ),
  bad('open server tool, tool gone', say(assistant(search)), `${openSearch} but no \`web_search\` tool was provided`),
  bad(
    'orphan server result',
    say(assistant(found)),
    'unexpected `tool_use_id` found in `web_search_tool_result` blocks: srvtoolu_1. Each `web_search_tool_result` block must have a corresponding `server_tool_use` block before it.',
  ),
  bad(
    'no container',
    say(assistant(call('t1', { caller })), user(result('t1'))),
    'container_id is required when there are pending tool uses generated by code execution with tools.',
  ),
  bad(
    'programmatic result with an image',
    {
      ...say(assistant(call('t1', { caller })), user(result('t1', { content: [{ type: 'image', source: {} }] }))),
      container: 'c1',
    },
    'strictServer: messages.2.content.0.tool_result: results of programmatic tool calls hold only text',
  ),
];

const contents: readonly BadRequest[] = [
  bad('empty text', say(assistant(text('')), ask), 'messages: text content blocks must be non-empty'),
  bad(
    'blank text',
    say(assistant(text('a')), user(text(' \n'))),
    'messages: text content blocks must contain non-whitespace text',
  ),
  bad('empty user', say(assistant(text('a')), user()), 'messages.2: user messages must have non-empty content'),
  bad('prefill', say(assistant(text('a'))), noPrefill),
  bad(
    'prefill end',
    { model: 'claude-haiku-4-5', ...say(assistant(text('a '))) },
    'messages: final assistant content cannot end with trailing whitespace',
  ),
  bad(
    'thinking missing',
    { thinking: { type: 'enabled', budget_tokens: 1024 }, ...say(assistant(call('t1')), user(result('t1'))) },
    'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). To avoid this requirement, disable `thinking`.',
  ),
  bad(
    'system first',
    { messages: [{ role: 'system', content: 'x' }, ask] },
    "messages.0: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result",
  ),
  bad(
    'system before a user',
    say({ role: 'system', content: 'x' }, ask),
    "messages.1: role 'system' must precede an 'assistant' message or end the array",
  ),
  bad(
    'parsed_output',
    say(assistant(text('a', { parsed_output: null })), ask),
    extra('messages.1.content.0.text.parsed_output'),
  ),
  bad(
    'extra in a call',
    say(assistant(call('t1', { index: 0 })), user(result('t1'))),
    extra('messages.1.content.0.tool_use.index'),
  ),
  bad(
    'extra in a result',
    say(assistant(call('t1')), user(result('t1', { name: 'add' }))),
    extra('messages.2.content.0.tool_result.name'),
  ),
  bad(
    'extra in thinking',
    say(assistant({ type: 'thinking', thinking: '', signature: 's', index: 0 }), ask),
    extra('messages.1.content.0.thinking.index'),
  ),
  bad('extra in a message', say({ ...assistant(text('a')), id: 'msg_1' }, ask), extra('messages.1.id')),
  bad(
    'document of the assistant',
    say(assistant({ type: 'document', source: {} }), ask),
    'strictServer: messages.1.content.0: a document cannot be in an assistant message',
  ),
  bad(
    'cited user',
    say(user(text('a', { citations: [{}] }))),
    'strictServer: messages.1.content.0: citations cannot be in a user message',
  ),
];

/** One request for each rule that can be seen from a request alone. */
export const badRequests: readonly BadRequest[] = [...envelope, ...tools, ...pairs, ...serverTools, ...contents];
