import fc from 'fast-check';
import { checkHistory, createHistoryCheck, type HistoryMessage } from '../../src/history/checkHistory.js';
import { mendHistory } from '../../src/history/mendHistory.js';
import { refuse } from '../support/strictRules/refuse.js';
import {
  anyHistory,
  anyTalk,
  changedTalk,
  newerField,
  wholeTalk,
  withFieldInBlocks,
} from '../unit/history/histories.js';

const tools = [
  { name: 'add', input_schema: { type: 'object' } },
  { type: 'web_search_20250305', name: 'web_search' },
  { type: 'code_execution_20260120', name: 'code_execution' },
] as const;

const refusal = (messages: readonly unknown[]): string | undefined =>
  refuse({ model: 'claude-sonnet-4-5', max_tokens: 9, stream: true, tools, messages, container: 'c', mcp_servers: [] });

/** The strict server looks types up in plain objects. */
const isForServer = (messages: readonly unknown[]): boolean => !JSON.stringify(messages).includes('"type":"__proto__"');

const json = (value: unknown): string => JSON.stringify(value);

describe('a mended history', () => {
  it('passes, whatever it was', () => {
    fc.assert(
      fc.property(anyTalk, (talk) => {
        expect(checkHistory(mendHistory(talk).messages)).toEqual([]);
        expect(checkHistory(mendHistory(talk, tools).messages, tools)).toEqual([]);
      }),
    );
  });

  it('is a fixed point, and all that is left in it is reported', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { messages, unmended } = mendHistory(history, tools);
        const left = checkHistory(messages, tools);
        expect(unmended.filter(({ code }) => code !== 'thinking_prefix_changed')).toEqual(left);
        expect(left.filter(({ code }) => code !== 'misplaced_system')).toEqual([]);

        const again = mendHistory(messages, tools);
        expect(again).toEqual({ messages, changes: [], unmended: left });
        expect(again.messages).toBe(messages);
      }),
    );
  });

  it('is the same array exactly when nothing is said to have changed', () => {
    fc.assert(
      fc.property(fc.oneof(anyHistory, changedTalk), (history) => {
        const before = json(history);
        const { messages, changes } = mendHistory(history);
        expect(messages === history).toBe(changes.length === 0);
        expect(json(messages) === before).toBe(changes.length === 0);
        expect(json(history)).toBe(before);
      }),
    );
  });

  it('is what the strict server takes, also with a new message after it', () => {
    fc.assert(
      fc.property(anyTalk.filter(isForServer), (talk) => {
        const next: HistoryMessage = { role: 'user', content: 'Go on.' };
        const mended = mendHistory([...mendHistory(talk, tools).messages, next], tools);
        expect(refusal(mended.messages)).toBeUndefined();
        const last = mended.messages.at(-1);
        expect(last?.role).toBe('user');
        expect(json(last)).toContain('Go on.');
      }),
    );
  });

  it('keeps what was whole in a talk that broke off anywhere', () => {
    fc.assert(
      fc.property(wholeTalk, fc.nat(), (talk, seed) => {
        const cut = talk.slice(0, seed % (talk.length + 1));
        const { messages } = mendHistory(cut, tools);
        expect(messages.length - cut.length).toBe(checkHistory(cut, tools).length);
        for (const [index, message] of cut.entries()) expect(messages[index]).toBe(message);
        expect(refusal([...messages, ...talk.slice(0, 1)])).toBeUndefined();
      }),
    );
  });
});

describe('a field that is newer than the library', () => {
  const blocksOf = (messages: readonly HistoryMessage[], role: string): Record<string, unknown>[] =>
    messages.flatMap((message) =>
      message.role === role && typeof message.content !== 'string'
        ? (message.content as unknown as Record<string, unknown>[])
        : [],
    );

  it('stays in a whole history, and is reported wherever Claude did not write it', () => {
    fc.assert(
      fc.property(wholeTalk, newerField, (talk, name) => {
        const newer = withFieldInBlocks(talk, name);
        const { messages, changes, unmended } = mendHistory(newer, tools);
        expect(messages).toBe(newer);
        expect(changes).toEqual([]);
        expect(unmended).toEqual(checkHistory(newer, tools));
        expect(unmended.map(({ code, message, block }) => [code, message, block])).toEqual(
          newer.flatMap(({ role, content }, message) =>
            role === 'assistant' || !Array.isArray(content)
              ? []
              : content.map((_, block) => ['extra_field', message, block]),
          ),
        );
      }),
    );
  });

  it('stays in every block of Claude’s that stays, and of others in every one that was there', () => {
    fc.assert(
      fc.property(anyHistory, newerField, (history, name) => {
        const { messages, unmended } = mendHistory(withFieldInBlocks(history, name), tools);
        for (const block of blocksOf(messages, 'assistant')) expect(block[name]).toBe('new');
        // A result for an open call, and the text of what was a string.
        const made = (block: Record<string, unknown>): boolean =>
          json(block).includes('No result was recorded') || Object.keys(block).join() === 'type,text';
        for (const block of blocksOf(messages, 'user')) if (!made(block)) expect(block[name]).toBe('new');
        for (const { code, path } of unmended) {
          if (code === 'extra_field') expect(path).toMatch(new RegExp(`\\.${name}$`));
          else expect(['misplaced_system', 'thinking_prefix_changed']).toContain(code);
        }
      }),
    );
  });

  it('changes nothing else', () => {
    fc.assert(
      fc.property(anyHistory, newerField, (history, name) => {
        const known = mendHistory(history, tools);
        const newer = mendHistory(withFieldInBlocks(history, name), tools);
        expect(newer.changes).toEqual(known.changes);
        // Where a block became the text of a result, the field is in that text.
        const field = new RegExp(`,?\\\\*"${name}\\\\*":\\\\*"new\\\\*"`, 'g');
        expect(json(newer.messages).replace(field, '')).toBe(json(known.messages));
      }),
    );
  });
});

describe('a whole history', () => {
  it('has no defect, and comes back as the array that it is', () => {
    fc.assert(
      fc.property(wholeTalk, (talk) => {
        expect(checkHistory(talk, tools)).toEqual([]);
        expect(refusal(talk)).toBeUndefined();
        const mended = mendHistory(talk, tools);
        expect(mended).toEqual({ messages: talk, changes: [], unmended: [] });
        expect(mended.messages).toBe(talk);
      }),
    );
  });
});

describe('what checkHistory finds', () => {
  /** What the messages alone do not tell, and where the strict server knows less than the SDK's types. */
  const isTheirs = (words: string, history: unknown): boolean =>
    /\.clear_at: |prefill|at least one message|trailing whitespace/.test(words) ||
    (words.includes('tool was provided') && json(history).includes('tool_addition'));

  it('is what the strict server refuses, in its words', () => {
    fc.assert(
      fc.property(changedTalk, (history) => {
        const refused = refusal(history);
        // The strict server has no rule for this one.
        const found = checkHistory(history, tools).filter(({ code }) => code !== 'final_thinking');
        if (refused === undefined) expect(found).toEqual([]);
        else if (!isTheirs(refused, history)) expect(found.map(({ wording }) => wording)).toContain(refused);
      }),
    );
  });

  it('is something wherever the strict server refuses', () => {
    fc.assert(
      fc.property(anyHistory.filter(isForServer), (history) => {
        const refused = refusal(history);
        if (refused !== undefined && !isTheirs(refused, history)) expect(checkHistory(history, tools)).not.toEqual([]);
      }),
    );
  });

  it('is the same in one piece and in many', () => {
    fc.assert(
      fc.property(anyHistory, fc.array(fc.nat(4)), (history, sizes) => {
        const check = createHistoryCheck(tools);
        let at = 0;
        const pieces = sizes.flatMap((size) => check.take(history.slice(at, (at += size))));
        const found = [...pieces, ...check.take(history.slice(at))];
        expect(check.end()).toEqual(check.end());
        expect([...found, ...check.end()]).toEqual(checkHistory(history, tools));
      }),
    );
  });

  it('is what it will be, whatever follows', () => {
    fc.assert(
      fc.property(anyHistory, anyHistory, (history, more) => {
        const certain = createHistoryCheck(tools).take(history).map(json);
        const all = new Set(checkHistory([...history, ...more], tools).map(json));
        expect(certain.filter((defect) => !all.has(defect))).toEqual([]);
      }),
    );
  });
});
