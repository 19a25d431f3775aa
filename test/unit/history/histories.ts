import fc from 'fast-check';
import type { HistoryMessage } from '../../../src/history/checkHistory.js';
import { deepFreeze } from '../message/deepFreeze.js';

/** Few ids, so that they meet; with some that the API refuses. */
const callId = fc.constantFrom('toolu_1', 'toolu_2', 'toolu_3', 'toolu_1_2', 'a b', '__proto__', '', 'srvtoolu_1');
const serverId = fc.constantFrom('srvtoolu_1', 'srvtoolu_2', 'srvtoolu_3', 'srvtoolu_a-b', 'toolu_1', '__proto__');
const text = fc.constantFrom('', ' ', '\n', 'Hi.', 'So\u{1F600} ');
const mark = { type: 'ephemeral' };
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
const input = fc.constantFrom<unknown>({}, { a: 1 }, '{"a":1}', '{"a":', [1], null, undefined, 5);
const caller = fc.constantFrom(
  { type: 'direct' },
  { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' },
  { type: 'code_execution_20260120', tool_id: 'srvtoolu_2' },
  null,
);
const content = fc.oneof(
  fc.constantFrom<unknown>('2', '', undefined, null, 2, { a: 1 }, [], [null], [{ type: 'text' }], [{ a: 1 }]),
  fc.array(
    fc.constantFrom<unknown>(
      image,
      { type: 'text', text: '' },
      { type: 'text', text: '', cache_control: mark },
      { type: 'text', text: 'x', cache_control: mark },
      { type: 'text', text: 'x', index: 0 },
      { type: 'tool_reference', tool_name: 'add' },
      { type: 'tool_use', id: 'toolu_1' },
      { type: '__proto__' },
    ),
    { maxLength: 3 },
  ),
);

/** A block of one type, any of its fields missing or of some odd value now and then, and fields that others leave in it. */
function block(type: string, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  const odd = fc.constantFrom<unknown>(null, 7, [], {}, 'odd');
  const loose = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, fc.oneof({ weight: 30, arbitrary: value }, odd)]),
  );
  const extra = fc.option(fc.constantFrom('index', 'parsed_output', '__proto__', '_id'), { freq: 12 });
  const marked = fc.option(fc.constant(mark), { freq: 6, nil: undefined });
  const bare = fc.record({ type: fc.constant(type), ...loose });
  const holed = fc.tuple(bare, fc.constantFrom(...Object.keys(fields))).map(([whole, field]) => without(whole, field));
  return fc
    .tuple(fc.oneof({ weight: 20, arbitrary: bare }, holed), extra, marked)
    .map(([fields, name, cache_control]) => ({
      ...fields,
      ...(cache_control !== undefined && { cache_control }),
      ...(name !== null && (JSON.parse(`{"${name}":1}`) as object)),
    }));
}

function without(whole: object, unwanted: string): object {
  return Object.fromEntries(Object.entries(whole).filter(([field]) => field !== unwanted));
}

const server = (type: string): fc.Arbitrary<object> => block(type, { tool_use_id: serverId, content: fc.constant([]) });

const anyBlock: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: block('text', { text }) },
  { weight: 2, arbitrary: block('thinking', { thinking: text, signature: fc.constantFrom('sig', '') }) },
  block('redacted_thinking', { data: fc.constant('x') }),
  {
    weight: 6,
    arbitrary: fc
      .tuple(block('tool_use', { id: callId, name: fc.constant('add'), input }), fc.option(caller, { freq: 3 }))
      .map(([call, by]) => (by === null ? call : { ...call, caller: by })),
  },
  block('tool_use', { id: callId, name: fc.constant('click'), input, toolset_name: fc.constant('browser') }),
  { weight: 6, arbitrary: block('tool_result', { tool_use_id: callId, content }) },
  block('tool_result', { tool_use_id: callId, content, is_error: fc.constantFrom<unknown>(true, false, 'false') }),
  block('tool_result', { tool_use_id: callId, content, toolset_name: fc.constantFrom('browser', 'computer') }),
  {
    weight: 3,
    arbitrary: block('server_tool_use', { id: serverId, name: fc.constantFrom('web_search', 'code_execution'), input }),
  },
  { weight: 2, arbitrary: server('web_search_tool_result') },
  server('code_execution_tool_result'),
  block('mcp_tool_use', { id: serverId, name: fc.constant('m'), server_name: fc.constant('s'), input }),
  server('mcp_tool_result'),
  block('document', { source: fc.constant({ type: 'text', media_type: 'text/plain', data: 'x' }) }),
  block('image', { source: fc.constant(image.source) }),
  block('from_the_future', { parts: fc.constant([1]) }),
  block('tool_addition', { tool: fc.constant({ type: 'tool_reference', name: 'add' }) }),
  fc.constantFrom<unknown>(null, undefined, 'text', 7, [], {}, { type: 7 }, { type: '__proto__' }),
);

const anyContent: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: fc.array(anyBlock, { maxLength: 5 }) },
  { weight: 2, arbitrary: text },
  fc.constantFrom<unknown>(null, undefined, 7, {}),
);

const message = (role: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(role, anyContent, fc.option(fc.constantFrom('id', '__proto__', 'createdAt'), { freq: 15 }), fc.boolean())
    .map(([role, content, extra, isCleared]) => ({
      role,
      content,
      ...(extra !== null && (JSON.parse(`{"${extra}":"never"}`) as object)),
      ...(role === 'system' && isCleared && { clear_at: 'never' }),
    }));

const junk = fc.constantFrom<unknown>(null, undefined, 7, 'user', [], {}, { role: 'tool', content: 'x' });

/** A list of anything that may pass for messages of a user and of Claude. */
export const anyTalk = history(
  fc.oneof({ weight: 20, arbitrary: message(fc.constantFrom('user', 'assistant')) }, junk),
);

/** The same, with system messages here and there. */
export const anyHistory = history(
  fc.oneof(
    { weight: 20, arbitrary: message(fc.constantFrom('user', 'assistant', 'user', 'assistant', 'system')) },
    junk,
  ),
);

function history(messages: fc.Arbitrary<unknown>): fc.Arbitrary<HistoryMessage[]> {
  return fc.array(messages, { maxLength: 8 }).map((list) => deepFreeze(list) as HistoryMessage[]);
}

const signed = { type: 'thinking', thinking: 'Hm.', signature: 'sig' };
const said = { type: 'text', text: 'Hi.' };

/** A turn of Claude's and what answers it, before they have their ids. */
const exchange = fc.record({
  thinks: fc.boolean(),
  speaks: fc.boolean(),
  searches: fc.boolean(),
  calls: fc.nat(3),
  shuffled: fc.boolean(),
  asksMore: fc.boolean(),
  isOneString: fc.boolean(),
});

type Exchange = typeof exchange extends fc.Arbitrary<infer T> ? T : never;

/** A talk as the API takes it, which begins with a question. */
export const wholeTalk: fc.Arbitrary<HistoryMessage[]> = fc.array(exchange, { maxLength: 6 }).map((turns) => {
  const question = { role: 'user', content: 'What now?' };
  return deepFreeze([question, ...turns.flatMap(writeExchange)]) as HistoryMessage[];
});

function writeExchange(turn: Exchange, n: number): object[] {
  const ids = Array.from({ length: turn.calls }, (_, index) => `toolu_${String(n)}_${String(index)}`);
  const searchId = `srvtoolu_${String(n)}`;
  const search = [
    { type: 'server_tool_use', id: searchId, name: 'web_search', input: {} },
    { type: 'web_search_tool_result', tool_use_id: searchId, content: [] },
  ];
  const reply = [
    ...(turn.thinks ? [signed] : []),
    ...(turn.searches ? search : []),
    ...(turn.speaks || ids.length === 0 ? [said] : []),
    ...ids.map((id) => ({ type: 'tool_use', id, name: 'add', input: { id } })),
  ];
  const results = ids.map((id) => ({ type: 'tool_result', tool_use_id: id, content: id }));
  const answer = [
    ...(turn.shuffled ? results.reverse() : results),
    ...(turn.asksMore || ids.length === 0 ? [said] : []),
  ];
  const isString = turn.isOneString && ids.length === 0;
  return [
    { role: 'assistant', content: reply },
    { role: 'user', content: isString ? 'More.' : answer },
  ];
}

/** A talk as the API takes it, in which one thing was changed: something dropped, doubled or moved. */
export const changedTalk: fc.Arbitrary<HistoryMessage[]> = fc
  .tuple(wholeTalk, fc.constantFrom('none', 'drop', 'double', 'move', 'carry', 'repeat', 'lose'), fc.nat(), fc.nat())
  .map(([talk, how, one, other]) => deepFreeze(changed(talk, how, one, other)) as HistoryMessage[]);

function changed(talk: readonly HistoryMessage[], how: string, one: number, other: number): unknown[] {
  const copy = structuredClone(talk) as unknown[] as { content: unknown }[];
  const from = copy[one % copy.length]!;
  const to = copy[other % copy.length]!;
  const blocks: unknown[] = Array.isArray(from.content) ? from.content : [];
  const [taken] = ['drop', 'move', 'carry'].includes(how)
    ? blocks.splice(other % (blocks.length || 1), 1)
    : [blocks[0]];
  if (how === 'lose') copy.splice(one % copy.length, 1);
  if (how === 'repeat') copy.splice(other % copy.length, 0, structuredClone(from));
  if (taken === undefined) return copy;
  if (how === 'double' || how === 'move') blocks.splice(one % (blocks.length + 1), 0, taken);
  if (how === 'carry' && Array.isArray(to.content)) to.content.push(taken);
  return copy;
}

/** Names that a field may have which is newer than this library. */
export const newerField = fc.constantFrom('wish', 'a_new_field', 'constructor', 'parsed_output_2');

/** The history with one more field in each of its blocks, and in each block of a result. */
export function withFieldInBlocks(history: readonly HistoryMessage[], name: string): HistoryMessage[] {
  const withField = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { content } = value as { readonly content?: unknown };
    return { ...value, [name]: 'new', ...(Array.isArray(content) && { content: content.map(withField) }) };
  };
  const messages = history.map((message: unknown) => {
    const { content } = (message ?? {}) as { readonly content?: unknown };
    return Array.isArray(content) ? { ...(message as object), content: content.map(withField) } : message;
  });
  return deepFreeze(messages) as HistoryMessage[];
}
