import * as t from 'io-ts';
import { defineTool, type Tool, type ToolOptions } from 'rxclaude';
import { resultContent } from '../../../../src/tools/result/resultContent.js';
import { HOSTILE } from '../oddValues.js';
import { runCall, runCalls, textOf } from '../runCalls.js';
import { faultsOf } from '../validContent.js';
import { outputOf } from '../../../support/outcome.js';

const tool = (run: () => unknown, more: Partial<ToolOptions<t.Mixed, unknown>> = {}): Tool =>
  defineTool({ name: 'odd', description: 'Odd.', input: t.type({}), run, ...more });

const throwing = (make: () => unknown): Tool =>
  tool(() => {
    throw make();
  });

const fine = defineTool({ name: 'fine', description: 'Fine.', input: t.type({}), run: () => 'fine' });

describe.each(Object.entries(HOSTILE))('%s', (_, make) => {
  it('as a result is valid content, and hurts no other tool', async () => {
    const results = await runCalls(
      [tool(make), fine],
      [
        { id: 'toolu_1', name: 'odd' },
        { id: 'toolu_2', name: 'fine' },
      ],
    );
    expect(results.map(({ id }) => id).sort()).toEqual(['toolu_1', 'toolu_2']);
    const odd = results.find(({ id }) => id === 'toolu_1');
    expect(faultsOf(odd?.result.content)).toEqual([]);
    expect(results.find(({ id }) => id === 'toolu_2')?.result.content).toBe('fine');
  });

  it('that is thrown is text for Claude', async () => {
    const { result } = await runCall(throwing(make));
    expect(result.is_error).toBe(true);
    expect(faultsOf(result.content, Infinity, true)).toEqual([]);
  });

  it('that rejects a promise is text for Claude', async () => {
    const { result } = await runCall(tool(async () => Promise.reject(make())));
    expect(result.is_error).toBe(true);
    expect(faultsOf(result.content, Infinity, true)).toEqual([]);
  });
});

describe('the content of a result', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['text', 'text'],
    [null, 'null'],
    [5, '5'],
    [NaN, 'null'],
    [true, 'true'],
    [12345678901234567890n, '12345678901234567890'],
    [{ a: 5n }, '{"a":5}'],
    [[], '[]'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    [new Error('kaput'), 'Error: kaput'],
    [[{ type: 'text', text: '' }], [{ type: 'text', text: '' }]],
  ])('of %p is %j', async (value, content) => {
    expect((await runCall(tool(() => value))).result.content).toEqual(content);
  });

  it('of a Map, a Set or a nested error keeps what is in it', async () => {
    const content = async (value: unknown): Promise<unknown> => (await runCall(tool(() => value))).result.content;
    expect(await content(new Map([['berlin', 14]]))).toContain('berlin');
    expect(await content({ found: new Set(['berlin']) })).toContain('berlin');
    expect(await content([{ city: 'berlin', error: new Error('no data') }])).toContain('no data');
  });

  it('keeps blocks as they are, and the output whole for the program', async () => {
    const blocks = [
      { type: 'text', text: 'a' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'document', source: { type: 'url', url: 'https://x.example' }, title: 'T' },
      { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'x' }] },
      { type: 'tool_reference', tool_name: 'x' },
    ];
    const event = await runCall(tool(() => blocks));
    const { result } = event;
    expect(result.content).toEqual(blocks);
    expect(outputOf(event)).toBe(blocks);
  });

  it('is JSON when a list only resembles blocks', async () => {
    for (const value of [
      [{ type: 'text' }],
      [{ type: 'image', url: 'x' }],
      [{ type: 'image', source: 'photo.png' }],
      [{ type: 'image', source: null }],
      [{ type: 'document', source: 5 }],
      [{ type: 'search_result', content: 'x' }],
      [{ type: 'tool_reference', tool_name: 7 }],
      [{ type: 'rating', text: 'x' }],
      [{ type: 'text', text: 'a' }, 'b'],
    ]) {
      expect((await runCall(tool(() => value))).result.content).toBe(JSON.stringify(value));
    }
  });

  it('holds no field that the API does not know, for that would be refused', async () => {
    const rows = [{ type: 'text', text: 'row', score: 0.9, id: 7 }];
    expect(faultsOf((await runCall(tool(() => rows))).result.content)).toEqual([]);
  });

  it('is text only for an error and for a call that code made', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const caller = { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' };
    const { result } = await runCall(
      tool(() => [image, { type: 'text', text: 'x' }]),
      {},
      { caller },
    );
    expect(faultsOf(result.content, Infinity, true)).toEqual([]);
    expect(result.is_error).toBeUndefined();
    const content = [image, { type: 'text', text: 'x' }];
    const failed = await runCall(throwing(() => Object.assign(new Error('x'), { name: 'ToolError', content })));
    expect(failed.result.is_error).toBe(true);
    expect(faultsOf(failed.result.content, Infinity, true)).toEqual([]);
    expect(JSON.stringify(failed.result.content)).toContain('image left out');
  });

  it.each([undefined, null, { type: 'direct' }])('may hold an image where the caller is %j', async (caller) => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const { result } = await runCall(
      tool(() => [image]),
      {},
      { caller } as object,
    );
    expect(result.content).toEqual([image]);
  });

  it('echoes the toolset that a call belongs to', async () => {
    const { result } = await runCall(fine, {}, { toolset_name: 'browser' });
    expect(result).toMatchObject({ toolset_name: 'browser' });
  });
});

describe('the limit on a result', () => {
  const count = (content: unknown): number => JSON.stringify(content).length;

  it('is 100 000 characters, unless the tool or executeTools says otherwise', async () => {
    const long = 'x'.repeat(300_000);
    const size = async (own?: number, all?: number): Promise<number> => {
      const bounded = tool(() => long, own === undefined ? {} : { maxResultChars: own });
      const { result } = await runCall(bounded, {}, {}, all === undefined ? {} : { maxResultChars: all });
      return textOf(result).replace(/\n\[cut: .*\]$/, '').length;
    };
    expect(await size()).toBe(100_000);
    expect(await size(undefined, 50)).toBe(50);
    expect(await size(70, 50)).toBe(70);
    expect(await size(Infinity)).toBe(300_000);
  });

  it('counts the text of all blocks together', async () => {
    const blocks = Array.from({ length: 4 }, (_, n) => ({ type: 'text', text: String(n).repeat(30) }));
    const { result } = await runCall(tool(() => blocks, { maxResultChars: 50 }));
    const texts = (result.content as { text: string }[]).map(({ text }) => text);
    expect(texts[0]).toBe('0'.repeat(30));
    expect(texts[1]).toContain('1'.repeat(20));
    expect(texts.join('')).not.toMatch(/1{21}|2{2}|3{2}/);
  });

  it('holds for very many small blocks too: one note is enough', () => {
    const blocks = Array.from({ length: 5_000 }, () => ({ type: 'text', text: 'xy' }));
    expect(faultsOf(resultContent(blocks, { maxResultChars: 100 }), 100)).toEqual([]);
  });

  it('holds for text that stands in other blocks', () => {
    const document = {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'x'.repeat(200_000) },
    };
    const found = {
      type: 'search_result',
      source: 's',
      title: 't',
      content: [{ type: 'text', text: 'x'.repeat(200_000) }],
    };
    expect(count(resultContent([document], { maxResultChars: 1_000 }))).toBeLessThan(2_000);
    expect(count(resultContent([found], { maxResultChars: 1_000 }))).toBeLessThan(2_000);
  });

  it('never cuts a surrogate pair in two', () => {
    const content = resultContent('😀'.repeat(10), { maxResultChars: 5 }) as string;
    expect(faultsOf(content, 5)).toEqual([]);
    expect(content.startsWith('😀😀')).toBe(true);
  });

  it('leaves out a file that is larger than the API takes, with a note', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(8_000_000) } };
    const content = resultContent([image, { type: 'text', text: 'beside' }], { maxResultChars: 100 });
    expect(content).toMatchObject([
      { type: 'text', text: expect.stringContaining('image left out') as string },
      { text: 'beside' },
    ]);
  });

  it('bounds what Claude is told of an error, a wrong input or broken JSON', async () => {
    const long = 'x'.repeat(5_000);
    const strict = tool(() => '', { maxResultChars: 300 });
    const contents = [
      (
        await runCall(
          throwing(() => new Error(long)),
          {},
          {},
          { maxResultChars: 300 },
        )
      ).result.content,
      (await runCall(strict, `{"a":"${long}`, {}, { maxResultChars: 300 })).result.content,
      (await runCall(strict, `"${long}"`, {}, { maxResultChars: 300 })).result.content,
      (await runCall(strict, {}, { name: long }, { maxResultChars: 300 })).result.content,
    ];
    for (const content of contents) expect(faultsOf(content, 300, true)).toEqual([]);
  });
});
