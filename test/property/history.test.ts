import fc from 'fast-check';
import { checkHistory } from '../../src/conversation/history/checkHistory.js';
import { createHistoryCheck } from '../../src/conversation/history/createHistoryCheck.js';
import type { HistoryMessage } from '../../src/conversation/history/HistoryMessage.js';
import { mendHistory } from '../../src/conversation/history/mendHistory.js';
import { refuse } from '../support/strictRules/refuse.js';
import { anyHistory, anyTalk } from '../unit/history/histories.js';

const RUNS = { numRuns: Number(process.env['RUNS'] ?? 1000) };

const searchTool = { type: 'web_search_20250305', name: 'web_search' } as const;
const addTool = { name: 'add', input_schema: { type: 'object' } } as const;
const codeTool = { type: 'code_execution_20260120', name: 'code_execution' } as const;
const tools = [addTool, searchTool, codeTool];

const said = (text: string): HistoryMessage => ({ role: 'user', content: text });
const refusal = (messages: readonly unknown[]): string | undefined =>
  refuse({ model: 'claude-sonnet-4-5', max_tokens: 9, stream: true, tools, messages, container: 'c', mcp_servers: [] });

describe('a mended history', () => {
  it('passes', () => {
    fc.assert(
      fc.property(anyTalk, (history) => {
        expect(checkHistory(mendHistory(history).messages)).toEqual([]);
        expect(checkHistory(mendHistory(history, tools).messages, tools)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('is a fixed point, and what is left in it is reported', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const mended = mendHistory(history, tools);
        const again = mendHistory(mended.messages, tools);
        expect(again.messages).toBe(mended.messages);
        expect(again.changes).toEqual([]);
        expect(again.unmended).toEqual(checkHistory(mended.messages, tools));
        expect(again.unmended.filter(({ code }) => code !== 'misplaced_system')).toEqual([]);
        expect(mended.unmended.filter(({ code }) => code !== 'thinking_prefix_changed')).toEqual(again.unmended);
      }),
      RUNS,
    );
  });

  it('is what the server takes, with a new message behind it', () => {
    fc.assert(
      fc.property(anyTalk, (history) => {
        fc.pre(!JSON.stringify(history).includes('"type":"__proto__"'));
        const { messages } = mendHistory([...mendHistory(history, tools).messages, said('Go on.')], tools);
        expect(refusal(messages)).toBeUndefined();
      }),
      RUNS,
    );
  });
});

it('add', () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(), (history, n) => {
      const check = createHistoryCheck(tools);
      const cut = history.length === 0 ? 0 : n % history.length;
      const found = [...check.add(history.slice(0, cut)), ...check.add(history.slice(cut)), ...check.end()];
      expect(found).toEqual(checkHistory(history, tools));
    }),
    RUNS,
  );
});
