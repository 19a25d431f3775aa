import {
  blockEvents,
  callsReply,
  redactedThinking,
  reply,
  serverToolUse,
  text,
  textReply,
  thinking,
  toolUse,
  whole,
} from './replies.js';

const search = (id: string) => serverToolUse({ id, name: 'web_search', input: { query: 'noon' }, pieceSize: 6 });
const found = (id: string) => whole({ type: 'web_search_tool_result', tool_use_id: id, content: [] });
const call = (id: string, input: object | string = { n: 1, of: 'ö😀' }) =>
  toolUse({ id, name: 'look', input, pieceSize: 5 });
const fallback = whole({ type: 'fallback', from: { model: 'claude-opus-5-5' }, to: { model: 'claude-haiku-5-5' } });
const program = serverToolUse({ id: 'srvtoolu_1', name: 'code_execution', input: { code: 'await look()' } });
const caller = { type: 'code_execution_20260120', tool_id: 'srvtoolu_1' };
const citation = { type: 'char_location', cited_text: 'Noon.', document_index: 0 };
const count = { type: 'message_delta', delta: {}, usage: { output_tokens: 30 } };

/** Two calls and a text that are written at the same time. */
function interleaved(): object[] {
  const [start, ping, ...rest] = reply({ content: [], stop_reason: 'tool_use' });
  const blocks = [call('t1'), text(['In ', 'between']), call('t2')].map(blockEvents);
  const turns = Array.from({ length: 20 }, (_none, at) => blocks.flatMap((events) => events.slice(at, at + 1)));
  return [start!, ping!, ...turns.flat(), ...rest];
}

/** One reply of each kind that the API sends, by what is special about it; for tests of all of them. */
export const wholeReplies: readonly (readonly [what: string, events: readonly object[]])[] = [
  ['a text', textReply(['It ', 'is ', 'noon.'])],
  ['a text of long characters', textReply(['Grüße ', '正午', '😀é\u0000', '"\\n"'])],
  ['two texts, with a citation', reply({ content: ['See: ', text(['Noon.'], [citation])] })],
  ['nothing at all', reply({ content: [] })],
  ['white space', textReply(['\n', ' '])],
  ['a stop sequence', reply({ content: ['Half'], stop_reason: 'stop_sequence', stop_sequence: 'END' })],
  ['a call', callsReply({ id: 't1', name: 'look', input: { n: 1 } })],
  ['a call without an input', callsReply({ id: 't1', name: 'look', deltas: false })],
  ['text, and calls to two tools', reply({ content: ['So.', call('t1'), toolUse({ id: 't2', name: 'pay' })] })],
  ['equal calls', reply({ content: [call('t1'), call('t2'), call('t3')] })],
  ['a call whose input is not JSON', reply({ content: [call('t1', '{"a": nope'), call('t2')] })],
  ['a call whose input is no object', reply({ content: [call('t1', '[1,2]'), call('t2')] })],
  ['text behind a call', reply({ content: [call('t1'), 'And', ' more.'] })],
  ['an empty text beside a call', reply({ content: [text([]), call('t1'), text([''])] })],
  ['thinking, text and a call', reply({ content: [thinking(['Let ', 'me.'], 'sig'), 'Well.', call('t1')] })],
  ['hidden thinking', reply({ content: [thinking('', 'sig'), redactedThinking(), 'Well.'] })],
  ['thinking at the end', reply({ content: ['Well.', thinking('But then')] })],
  ['a server tool', reply({ content: [search('srvtoolu_1'), found('srvtoolu_1'), 'Noon.'] })],
  ['a server tool that is open, and a call', reply({ content: ['So.', search('srvtoolu_1'), call('t1')] })],
  ['code that makes a call', reply({ content: [program, toolUse({ id: 't1', name: 'look', caller }), call('t2')] })],
  ['a pause', reply({ content: ['Wait.', search('srvtoolu_1')], stop_reason: 'pause_turn' })],
  ['a refusal', reply({ content: [thinking('Hm.'), 'Half', call('t1')], stop_reason: 'refusal' })],
  ['max_tokens in a call', reply({ content: ['So.', call('t1'), call('t2', '{"n":')], stop_reason: 'max_tokens' })],
  ['max_tokens in a thought', reply({ content: ['So.', thinking('And', '')], stop_reason: 'max_tokens' })],
  ['another model', reply({ content: [thinking('Old.'), 'Half', call('t1'), fallback, thinking('New.'), call('t2')] })],
  ['blocks and deltas of unknown types', reply({ content: [whole({ type: 'news' }, [{ type: 'more' }]), 'Well.'] })],
  ['a stop reason that nobody knows', reply({ content: ['Well.', call('t1')], stop_reason: 'fatigue' })],
  ['interleaved blocks', interleaved()],
  ['two counts at its end', [...textReply('Well.').slice(0, -1), count, { type: 'message_stop' }]],
];
