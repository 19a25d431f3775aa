import { checkHistory } from '../../../src/conversation/history/checkHistory.js';
import { mendHistory } from '../../../src/conversation/history/mendHistory.js';
import type { HistoryMessage } from '../../../src/conversation/history/HistoryMessage.js';
import type { ToolEntry } from '../../../src/tools/Tool.js';
import { deepFreeze } from '../message/deepFreeze.js';
import { calls, results, serverTools } from './badCalls.js';
import { left, shapes, texts, thoughts } from './badShapes.js';
import { goodHistories } from './goodHistories.js';

const given = (messages: readonly unknown[]): HistoryMessage[] => deepFreeze(messages) as HistoryMessage[];
const toolsOf = (tools: readonly unknown[] | undefined): ToolEntry[] | undefined => tools as ToolEntry[] | undefined;

describe('a history that the API refuses', () => {
  it.each([calls, results, serverTools, texts, thoughts, shapes, left].flat())(
    '$rule',
    ({ messages, tools, defects, changes, mended }) => {
      const found = checkHistory(given(messages), toolsOf(tools));
      expect(found.map(({ code, path, wording }) => [code, path, wording])).toEqual(defects);

      const after = mendHistory(given(messages), toolsOf(tools));
      expect(after.changes.map(({ code }) => code)).toEqual(changes);
      if (mended === undefined) {
        expect(after.messages).toBe(messages);
        expect(after.unmended).toEqual(found);
      } else {
        expect(after.messages).toEqual(mended);
        expect(after.unmended).toEqual([]);
      }
    },
  );
});

describe('a history that the API takes', () => {
  it.each(goodHistories.map(([rule, messages, tools]) => ({ rule, messages, tools })))(
    '$rule',
    ({ messages, tools }) => {
      expect(checkHistory(given(messages), toolsOf(tools))).toEqual([]);
      expect(mendHistory(given(messages), toolsOf(tools))).toEqual({ messages, changes: [], unmended: [] });
      expect(mendHistory(given(messages), toolsOf(tools)).messages).toBe(messages);
    },
  );
});
