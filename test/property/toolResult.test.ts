import fc from 'fast-check';
import type { ToolFailure, ToolResultEvent } from 'rxclaude';
import { added } from '../../marbles/index.js';
import { resultContent } from '../../src/tools/result/resultContent.js';
import { contentOfToolError, threwOf } from '../../src/tools/result/threwOf.js';
import { returned, toToolResult } from '../../src/tools/result/toToolResult.js';
import { anyValue, nearBlocks } from '../unit/tools/oddValues.js';
import { faultsOf } from '../unit/tools/validContent.js';
import { times } from '../support/runs.js';

const CALL = added.toolCall('toolu_1', 'odd');

const limits = fc.record({
  maxResultChars: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(1, 1000, Infinity)),
  textOnly: fc.boolean(),
});

const expectValid = (content: unknown, maxResultChars: number, textOnly: boolean): void => {
  expect({ content, faults: faultsOf(content, maxResultChars, textOnly) }).toEqual({ content, faults: [] });
};

const OF_CALL = { round: 1, id: 'toolu_1', name: 'odd', index: 0 };

describe('resultContent', () => {
  it('makes valid content of any value', () => {
    fc.assert(
      fc.property(anyValue, limits, (value, { maxResultChars, textOnly }) => {
        expectValid(resultContent(value, { maxResultChars, textOnly }), maxResultChars, textOnly);
      }),
      times(2_000),
    );
  });

  it('makes valid content of what only looks like content', () => {
    fc.assert(
      fc.property(nearBlocks, limits, (value, { maxResultChars, textOnly }) => {
        expectValid(resultContent(value, { maxResultChars, textOnly }), maxResultChars, textOnly);
      }),
      times(1_000),
    );
  });

  it('gives text as it is when it is short enough and well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(resultContent(text, { maxResultChars: text.length + 1 })).toBe(text);
        expect(resultContent([{ type: 'text', text }], { maxResultChars: text.length + 1 })).toEqual([
          { type: 'text', text },
        ]);
      }),
    );
  });

  it('gives JSON of plain data as it is', () => {
    const data = fc.jsonValue({ maxDepth: 4 }).filter((value) => typeof value !== 'string');
    fc.assert(
      fc.property(data, (value) => {
        expect(resultContent(value, { maxResultChars: Infinity })).toBe(JSON.stringify(value));
      }),
    );
  });

  it('shows the beginning of what is too long, and says how long it was', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 20, unit: 'binary' }),
        fc.integer({ min: 1, max: 19 }),
        (text, maxResultChars) => {
          const content = resultContent(text, { maxResultChars }) as string;
          expect(text.startsWith(content.slice(0, maxResultChars).replace(/\uFFFD$/, ''))).toBe(true);
          expect(content.slice(maxResultChars + 1)).toBe(
            `[cut: the first ${String(maxResultChars)} of ${String(text.length)} characters]`,
          );
        },
      ),
    );
  });
});

describe('toToolResult', () => {
  const text = fc.string({ unit: 'binary' });
  const thrown = fc.oneof(
    anyValue,
    fc.string().map((message) => new Error(message)),
  );
  const left = (failure: ToolFailure) => ({ outcome: { _tag: 'Left' as const, left: failure } });
  const answer: fc.Arbitrary<{ outcome: ToolResultEvent['outcome']; said?: unknown }> = fc.oneof(
    anyValue.map((output) => ({ outcome: returned(output) })),
    thrown.map((error) => ({ ...left(threwOf(error)), said: contentOfToolError(error) })),
    text.map((message) => left({ _tag: 'InvalidJson', text: message, message })),
    text.map((message) => left({ _tag: 'NotAnObject', text: message, message })),
  );
  const caller = fc.constantFrom(
    undefined,
    { type: 'direct' },
    { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' },
  );

  it('tells the name and the words of whatever was thrown', () => {
    const words = expect.any(String) as string;
    fc.assert(
      fc.property(thrown, (error) => {
        expect(threwOf(error)).toStrictEqual({ _tag: 'Threw', name: words, message: words });
      }),
      times(1_500),
    );
  });

  it('answers each call with a block that the API accepts', () => {
    fc.assert(
      fc.property(answer, caller, fc.integer({ min: 1, max: 500 }), ({ outcome, said }, from, maxResultChars) => {
        const tool_use = { type: 'tool_use', id: 'toolu_1', name: 'odd', input: {}, ...(from && { caller: from }) };
        const call = { ...CALL, tool_use: tool_use as never };
        const event = toToolResult({ call, ofCall: OF_CALL, limits: { maxResultChars } }, outcome, 3, said);
        const failed = outcome._tag === 'Left';
        const { content, ...block } = event.result;
        expect(block).toEqual({ type: 'tool_result', tool_use_id: 'toolu_1', ...(failed && { is_error: true }) });
        expectValid(content, maxResultChars, failed || from?.type === 'code_execution_20250825');
        expect(event).toMatchObject({ type: 'tool_result', id: 'toolu_1', name: 'odd', index: 0, duration: 3 });
        expect(event.outcome).toBe(outcome);
      }),
      times(1_500),
    );
  });
});
