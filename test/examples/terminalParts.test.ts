import { from, lastValueFrom, NEVER, of, concat, takeUntil, timer, toArray, type Observable } from 'rxjs';
import type { RoundEvent } from 'rxclaude';
import { evaluate } from '../../examples/terminal/arithmetic.js';
import { errorLine } from '../../examples/terminal/errors.js';
import { render, screenOf } from '../../examples/terminal/render.js';
import { plan } from '../../examples/terminal/standInScript.js';
import { clean, columnsOf, truncate, wrap } from '../../examples/terminal/text.js';
import { added } from '../../marbles/index.js';
import { protocolError, timeoutGuardError, truncatedStreamError } from '../support/errors.js';

const ESC = '\u001b';

describe('evaluate', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(19.5 - 7) * 9 / 5', 22.5],
    ['-2 ^ 2', -4],
    ['2 ^ 3 ^ 2', 512],
    ['2 ^ -1', 0.5],
    ['8 / 4 / 2', 1],
    ['0.1 + 0.2', 0.3],
    ['sqrt(16) + abs(-3)', 7],
    ['1.5e3', 1500],
  ])('%s = %d', (expression, result) => {
    expect(evaluate(expression)).toBe(result);
  });

  it.each([
    '',
    '1 +',
    '(1',
    '1)',
    '2 2',
    '5 / 0',
    'process.exit()',
    'constructor(1)',
    '__proto__',
    'sqrt 4',
    '1;2',
    '9'.repeat(501),
  ])('refuses %j', (expression) => {
    expect(() => evaluate(expression)).toThrow();
  });
});

describe('text', () => {
  it('keeps nothing that a terminal would obey', () => {
    const text = `a${ESC}[31mb${ESC}]0;title\u0007c\r\nd\te\u009b2Jf\u202eg${ESC}`;

    expect(clean(text)).toMatch(/^ab.*c\nd\te.*fg$/);
    expect(clean(text)).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
  });

  it('counts columns, not letters', () => {
    expect(columnsOf('naïve')).toBe(5);
    expect(columnsOf('東京')).toBe(4);
    expect(columnsOf('👩‍🚀!')).toBe(3);
    expect(truncate('東京 is far', 6)).toBe('東京 …');
  });

  it('wraps between words, and cuts a word only when it must', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(wrap('  indented', 20)).toEqual(['  indented']);
    expect(wrap('a abcdefghij', 4)).toEqual(['a', 'abcd', 'efgh', 'ij']);
    expect(wrap('東京東京', 5)).toEqual(['東京', '東京']);
    expect(wrap('', 5)).toEqual(['']);
    expect(wrap('東', 1)).toEqual(['東']);
  });
});

describe('the stand-in', () => {
  it.each([
    ['Weather in Rome and Oslo?', ['get_weather Rome', 'get_weather Oslo']],
    ['weather in new york tomorrow', ['get_weather New York', 'current_time New York']],
    ['What time is it in Asia/Tokyo?', ['current_time Asia/Tokyo', 'get_weather Tokyo']],
    ['How is the weather in Rome, and what time is it there?', ['get_weather Rome', 'current_time Rome']],
    ['what is 17% of 2,340 and 7*8', ['calculate 17 / 100 * 2340', 'calculate 7*8']],
    ['How does timeoutGuard work?', ['search_docs timeoutGuard']],
    ['Tell me a joke', []],
  ])('%s', (question, calls) => {
    const planned = plan(question);

    expect(planned.calls.map(({ name, input }) => `${name} ${String(Object.values(input)[0])}`)).toEqual(calls);
    if (calls.length === 0) expect(planned.text).toContain('only a stand-in');
  });
});

describe('errorLine', () => {
  const line = (error: unknown) =>
    errorLine(error, { model: 'm', baseURL: 'https://api.anthropic.com', secrets: ['very secret'] });
  const failed = (cause: object) =>
    Object.assign(new Error('Connection error.'), { name: 'APIConnectionError', cause });

  it.each([
    [timeoutGuardError('first', 60_000), /^Claude was silent for too long\. .*60000 ms/],
    [truncatedStreamError({ lastEvent: 'ping', events: 2 }), /`ping`\. Send the request again\./],
    [protocolError('Odd.'), /^Odd\. \(ProtocolError\)$/],
    [failed({ cause: { code: 'ENOTFOUND' } }), /^The address of api\.anthropic\.com could not be found/],
    [failed(new TypeError('terminated')), /^The connection to api\.anthropic\.com failed: terminated\./],
    [{ status: 429, headers: new Headers({ 'retry-after': '7' }), apiMessage: 'slow' }, /^Too many .* Wait 7 seconds/],
    [{ status: 529, apiMessage: 'Overloaded' }, /^Claude cannot answer right now \(529\)/],
    [{ type: 'overloaded_error' }, /^Claude cannot answer right now \(overloaded_error\)/],
    [
      new TypeError('Headers.append: "very secret\nx" is an invalid header value.'),
      /^ANTHROPIC_API_KEY holds a character/,
    ],
    [
      new Error(`very secret, sk-ant-abc_1, https://me:pw@host/x${ESC}[2J\nand more`),
      /: \[key\], \[key\], https:\/\/host\/x and more$/,
    ],
    [undefined, /^Something unexpected failed: undefined$/],
  ])('%#: one line that says what to do', (error, expected) => {
    expect(line(error)).toMatch(expected);
    expect(line(error)).not.toMatch(/\p{Cc}/u);
  });
});

describe('screenOf', () => {
  it.each([
    [true, true, {}, false],
    [false, true, { NO_COLOR: '1' }, false],
    [false, true, { TERM: 'dumb' }, false],
    [false, false, {}, false],
    [false, true, {}, true],
  ])('%#: live is %s', (live, isTTY, env, shared) => {
    expect(screenOf({ isTTY, columns: 80, rows: 24 }, env, shared).live).toBe(live);
  });
});

describe('render, on a terminal', () => {
  const tool = { round: 1, id: 't1', name: 'get_weather', index: 1 } as const;
  const start = { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', ...tool, input: {} } };
  const delta = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
  const events = [
    { type: 'round_start', round: 1, request: {} },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    delta(`First ${ESC}[2Jparagraph.\n\nSecond`),
    delta(' one, which is rather long for so narrow a screen.'),
    start,
    { type: 'tool_input', ...tool, text: '{"city":"Lis' },
    added.toolCall(tool.id, tool.name, { city: 'Lisbon' }, tool.index),
    { type: 'tool_start', ...tool },
    { type: 'tool_progress', ...tool, value: { done: 1, of: 2 } },
  ] as unknown as RoundEvent[];
  const result = {
    type: 'tool_result',
    ...tool,
    result: { type: 'tool_result', tool_use_id: 't1', content: 'x' },
    outcome: { _tag: 'Right', right: ['sunny', 21] },
    duration: 12.4,
  } as RoundEvent;
  const screenAfter = async (shown$: Observable<RoundEvent>) => {
    const screen = { live: true, size: () => ({ columns: 40, rows: 24 }) };
    return drawn((await lastValueFrom(shown$.pipe(render(screen), toArray()))).join(''));
  };

  it('draws the open part again in place, and ends with every line once', async () => {
    const { lines, cursor } = await screenAfter(from([...events, result]));

    expect(lines).toEqual([
      '── round 1 ──',
      '',
      'First paragraph.',
      '',
      'Second one, which is rather long for so',
      'narrow a screen.',
      '',
      '  ✓ get_weather   city: Lisbon    12 ms',
      '    sunny · 21',
    ]);
    expect(cursor).toBe('shown');
  });

  it('marks what was stopped, and gives the cursor back', async () => {
    const { lines, cursor } = await screenAfter(concat(from(events), NEVER).pipe(takeUntil(timer(250))));

    expect(lines.at(-1)).toBe('  ■ get_weather   city: Lisbon  stopped');
    expect(lines).toHaveLength(8);
    expect(cursor).toBe('shown');
  });

  it('shows an input while it is written', async () => {
    const chunks = await lastValueFrom(
      concat(from(events.slice(0, 6)), of(result)).pipe(
        render({ live: true, size: () => ({ columns: 40, rows: 24 }) }),
        toArray(),
      ),
    );

    expect(chunks.some((chunk) => /city: Lis▏.*writing/.test(chunk))).toBe(true);
  });
});

/** What a terminal shows after it was sent this. */
function drawn(output: string): { lines: string[]; cursor: 'shown' | 'hidden' } {
  const lines = [''];
  let row = 0;
  let cursor: 'shown' | 'hidden' = 'shown';
  for (const [, sequence, text = ''] of output.matchAll(/(\u001b\[[?\d;]*[a-zA-Z]|[\n\r])|([^\u001b\n\r]+)/gu)) {
    if (sequence === '\n') lines[++row] ??= '';
    else if (sequence === '\r') lines[row] = '';
    else if (sequence?.endsWith('F')) lines[(row -= Number(sequence.slice(2, -1)))] = '';
    else if (sequence?.endsWith('J')) lines.length = row + 1;
    else if (sequence?.endsWith('h')) cursor = 'shown';
    else if (sequence?.endsWith('l')) cursor = 'hidden';
    else if (sequence === undefined) {
      // A line is written from its start.
      lines[row] = (lines[row] ?? '') + text;
    }
    if (sequence === '\n' || sequence?.endsWith('F')) lines[row] = '';
  }
  return { lines: lines.slice(0, -1), cursor };
}
