import { createHistoryCheck } from '../../../src/history/checkHistory.js';
import { ask, call, claude, result, search, text, thinking, user } from './blocks.js';
import { given, givenTools } from './given.js';

const codes = (defects: readonly { readonly code: string }[]): string[] => defects.map(({ code }) => code);

describe('createHistoryCheck', () => {
  it('says what is certain as soon as it is, and what the end would mean', () => {
    const check = createHistoryCheck();
    expect(check.take(given([ask, claude(call('t1'))]))).toEqual([]);
    expect(codes(check.end())).toEqual(['tool_use_without_result']);
    expect(check.end()).toEqual(check.end());

    expect(check.take(given([user(result('t1'))]))).toEqual([]);
    expect(check.end()).toEqual([]);

    expect(check.take(given([claude(call('t2'))]))).toEqual([]);
    expect(check.take(given([user(text('a'))]))).toEqual([
      expect.objectContaining({ code: 'tool_use_without_result', path: 'messages.3', message: 3 }),
    ]);
    expect(check.end()).toEqual([]);
  });

  it('remembers ids, open server tools and thinking over many steps', () => {
    const check = createHistoryCheck();
    check.take(given([ask, claude(search('srvtoolu_1'), call('t1'))]));
    check.take(given([user(result('t1'))]));
    expect(check.end()).toEqual([]);
    expect(codes(check.take(given([claude(thinking())])))).toEqual([]);
    expect(codes(check.end())).toEqual(['final_thinking']);
    expect(codes(check.take(given([claude(call('t1'))])))).toEqual(['duplicate_tool_use_id']);
    expect(codes(check.take(given([user(result('t1'), text('a'))])))).toEqual(['open_server_tool']);
    expect(check.end()).toEqual([]);
  });

  it('counts cache marks over all steps, and tells of too many as long as there are', () => {
    const check = createHistoryCheck();
    const marked = given([user(text('a', { cache_control: { type: 'ephemeral' } }))]);
    for (let count = 1; count <= 4; count++) check.take(marked);
    expect(check.end()).toEqual([]);
    check.take(marked);
    expect(check.end()).toEqual([expect.objectContaining({ path: 'messages.4.content.0' })]);
    check.take(marked);
    expect(check.end()[0]?.wording).toContain('Found 6.');
  });

  it('tells of the tools once', () => {
    const check = createHistoryCheck(givenTools([{ name: 'a b', input_schema: { type: 'object' } }]));
    expect(codes(check.take([]))).toEqual(['invalid_tool_name']);
    expect(check.take([])).toEqual([]);
    const none = createHistoryCheck([]);
    expect(none.take(given([ask]))).toEqual([]);
    expect(codes(none.take(given([claude(call('t1'))])))).toEqual(['missing_tools']);
    expect(none.take(given([user(result('t1'))]))).toEqual([]);
  });
});
