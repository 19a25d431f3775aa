import { mendHistory } from '../../../src/history/mendHistory.js';
import { checkHistory } from '../../../src/history/checkHistory.js';
import { ask, call, claude, noResult, result, search, system, text, thinking, user } from './blocks.js';
import { given } from './given.js';

const redacted = { type: 'redacted_thinking', data: 'x' };
const bound = (path: string, type = 'thinking'): object => ({
  code: 'thinking_prefix_changed',
  path,
  wording: `${path}: Invalid \`signature\` in \`${type}\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".`,
});

describe('signed thinking', () => {
  it.each([
    [
      'a text before it in its message was dropped',
      [ask, claude(text(''), thinking(), text('a'))],
      ['messages.1.content.0'],
    ],
    [
      'a thought before it was dropped',
      [ask, claude(thinking(''), thinking(), redacted, text('a'))],
      ['messages.1.content.0', 'messages.1.content.1'],
    ],
    [
      'a call before it was answered',
      [ask, claude(thinking(), call('t1')), ask, claude(thinking(), text('a'))],
      ['messages.3.content.0'],
    ],
    [
      'a result was moved to a place before it',
      [ask, claude(call('t1')), claude(thinking(), text('a')), user(result('t1'))],
      ['messages.3.content.0'],
    ],
    [
      'an id before it was replaced',
      [ask, claude(call('a b'), thinking(), text('a')), user(result('a b'))],
      ['messages.1.content.1'],
    ],
    [
      'a message before it was dropped',
      [{ role: 'tool', content: 'x' }, ask, claude(thinking(), text('a'))],
      ['messages.1.content.0'],
    ],
  ])('is reported, and stays, when %s', (_, messages, paths) => {
    const { messages: mended, unmended } = mendHistory(given(messages));
    expect(unmended.map(({ path }) => path)).toEqual(paths);
    for (const { path, message, block } of unmended) {
      const blocks = mended[message!]!.content as unknown as { type: string }[];
      expect([thinking(), redacted]).toContainEqual(blocks[block!]);
      expect(unmended).toContainEqual(expect.objectContaining(bound(path, blocks[block!]!.type)));
    }
  });

  it.each([
    ['what changed comes after it', [ask, claude(thinking(), text(''), call('t1'))]],
    ['only a foreign field was dropped', [{ ...ask, id: 'x' }, claude(text('a', { index: 0 }), thinking(), text('a'))]],
    [
      'only a cache mark was dropped',
      [
        user(...['a', 'b', 'c', 'd', 'e'].map((words) => text(words, { cache_control: { type: 'ephemeral' } }))),
        claude(thinking(), text('a')),
      ],
    ],
    ['an empty message was dropped', [ask, user(), claude(thinking(), text('a'))]],
  ])('is as good as before when %s', (_, messages) => {
    const { changes, unmended } = mendHistory(given(messages));
    expect(changes).not.toEqual([]);
    expect(unmended).toEqual([]);
  });
});

describe('mendHistory', () => {
  it('keeps the messages that need no mending', () => {
    const messages = given([ask, claude(call('t1')), user(result('t1')), claude(call('t2')), { ...ask }]);
    const { messages: mended } = mendHistory(messages);
    for (const index of [0, 1, 2, 3]) expect(mended[index]).toBe(messages[index]);
    expect(mended[4]).toEqual(user(noResult('t2'), text('Hi')));
  });

  it('keeps the blocks that need no mending', () => {
    const messages = given([ask, claude(call('t1'), text(''))]);
    const content = messages[1]!.content as readonly unknown[];
    expect((mendHistory(messages).messages[1]!.content as readonly unknown[])[0]).toBe(content[0]);
  });

  it('says where things were before', () => {
    const { changes } = mendHistory(given([null, ask, claude(text(''), call('t1')), user(text('a'), result('t1'))]));
    expect(changes).toEqual([
      {
        code: 'message_removed',
        path: 'messages.0',
        message: 0,
        text: 'Removed a message that says nothing, or a value that is not a message.',
      },
      expect.objectContaining({ code: 'text_removed', path: 'messages.2.content.0', message: 2, block: 0 }),
      expect.objectContaining({ code: 'result_moved', path: 'messages.3.content.1', message: 3, block: 1 }),
    ]);
  });

  it('reports what it leaves with its place in the mended history', () => {
    const { messages, unmended } = mendHistory(given([null, ask, system('x'), ask, claude(text('a'), text(''))]));
    expect(messages).toEqual([ask, system('x'), ask, claude(text('a'))]);
    expect(unmended.map(({ code, path }) => [code, path])).toEqual([['misplaced_system', 'messages.1']]);
    expect(unmended).toEqual(checkHistory(messages));
  });

  it('answers calls beside a server tool that waits, and leaves that to the server', () => {
    const messages = given([ask, claude(search('srvtoolu_1'), call('t1'))]);
    expect(mendHistory(messages).messages).toEqual([...messages, user(noResult('t1'))]);
  });

  it('gives a call that comes twice its own results', () => {
    const twice = [claude(call('t1')), user(result('t1'))];
    const messages = given([ask, ...twice, ...twice, ...twice]);
    expect(mendHistory(messages).messages).toEqual([
      ask,
      ...['t1', 't1_2', 't1_3'].flatMap((id) => [claude(call(id)), user(result(id))]),
    ]);
  });

  it('keeps the types of the messages', () => {
    const talk: { role: 'user' | 'assistant'; content: string }[] = [{ role: 'user', content: 'Hi' }];
    const { messages } = mendHistory(talk);
    expect(messages[0]?.content.length).toBe(2);
  });
});
