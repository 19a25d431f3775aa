import { checkHistory } from '../../../src/history/checkHistory.js';
import { mendHistory } from '../../../src/history/mendHistory.js';
import { calls, results, serverTools } from './badCalls.js';
import { left, shapes, texts, thoughts } from './badShapes.js';
import { given, givenTools } from './given.js';
import { goodHistories } from './goodHistories.js';

const badHistories = [calls, results, serverTools, texts, thoughts, shapes, left].flat();

describe('a history that the API refuses', () => {
  it.each(badHistories)('$rule', ({ messages, tools, defects, changes, mended }) => {
    const found = checkHistory(given(messages), givenTools(tools));
    expect(found.map(({ code, path, wording }) => [code, path, wording])).toEqual(defects);

    const after = mendHistory(given(messages), givenTools(tools));
    expect(after.changes.map(({ code }) => code)).toEqual(changes);
    if (mended === undefined) {
      expect(after.messages).toBe(messages);
      expect(after.unmended).toEqual(found);
    } else {
      expect(after.messages).toEqual(mended);
      expect(after.unmended).toEqual([]);
    }
  });

  it.each(badHistories)('tells where, by path and by index: $rule', ({ messages, tools }) => {
    const found = checkHistory(given(messages), givenTools(tools));
    for (const { path, message, block } of [...found, ...mendHistory(given(messages), givenTools(tools)).changes]) {
      if (message === undefined) expect(path).toMatch(/^tools/);
      else expect(path).toMatch(new RegExp(`^messages\\.${message}(\\.|$)`));
      if (block !== undefined) expect(path).toMatch(new RegExp(`^messages\\.\\d+\\.content\\.${block}(\\.|$)`));
    }
  });

  it('says what was done in whole sentences', () => {
    const texts = badHistories.flatMap(
      ({ messages, tools }) => mendHistory(given(messages), givenTools(tools)).changes,
    );
    expect(texts.length).toBeGreaterThan(50);
    for (const { text } of texts) expect(text).toMatch(/^[A-Z].*\.$/);
  });
});

describe('a history that the API takes', () => {
  it.each(goodHistories.map(([rule, messages, tools]) => ({ rule, messages, tools })))(
    '$rule',
    ({ messages, tools }) => {
      expect(checkHistory(given(messages), givenTools(tools))).toEqual([]);
      const after = mendHistory(given(messages), givenTools(tools));
      expect(after).toEqual({ messages, changes: [], unmended: [] });
      expect(after.messages).toBe(messages);
    },
  );
});
