import { EMPTY, NEVER, type Observable, of, throwError } from 'rxjs';
import { debugEvents, OptionError, resumeConversation } from '../src/index.js';
import type { RoundEvent } from '../src/index.js';
import { inputDelta, text } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { asked, call, claude, decided, failure, ours, progress, result, retried } from './support/alphabet.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { overloaded } from './support/overloaded.js';
import { unhandledIn } from './support/unhandled.js';

const events = frozen({ ...claude, ...ours });

/** The lines written of events that come all at once, without their times. */
function linesOf(source: RoundEvent[], maxChars?: number): string[] {
  const lines: string[] = [];
  const sink = (line: string) => lines.push(line.replace(/^ *\d+ ms {2}/, ''));
  observe(of(...source).pipe(debugEvents({ sink, ...(maxChars !== undefined && { maxChars }) })));
  return lines;
}

marble('mirrors its source and writes a line for each event, with the time', ({ cold, flush, expectObservable }) => {
  const source = cold('-s-o-t-u-c-e-p-m|', events);
  const expected = '   -s-o-t-u-c-e-p-m|';

  const lines: string[] = [];
  expectObservable(source.pipe(debugEvents({ sink: (line) => lines.push(line) }))).toBe(expected, events);
  flush();
  expect(lines).toEqual([
    '     1 ms  message_start msg_1 claude-test',
    '     3 ms  [2] content_block_start text',
    '     5 ms  [2] text_delta 2 chars',
    '     7 ms  event_of_the_future',
    '     9 ms  [2] content_block_stop 2 chars: Hi',
    '    11 ms  message_delta end_turn',
    '    13 ms  ping',
    '    15 ms  message_stop',
    '    16 ms  complete',
  ]);
});

marble('counts the time from each subscription', ({ cold, flush, expectObservable }) => {
  const source = cold('---p-|      ', events);
  const firstSub = '   ^           ';
  const first = '      ---p-|      ';
  const secondSub = '  ------^     ';
  const second = '     ---------p-|';

  const lines: string[] = [];
  const out = source.pipe(debugEvents({ sink: (line) => lines.push(line.trim()) }));
  expectObservable(out, firstSub).toBe(first, events);
  expectObservable(out, secondSub).toBe(second, events);
  flush();
  expect(lines).toEqual(['3 ms  ping', '5 ms  complete', '3 ms  ping', '5 ms  complete']);
});

marble('writes how the stream ended', ({ cold, hot, flush, expectObservable }) => {
  const failing = cold('---#', events, new TypeError('no route'));
  const endless = hot(' -p-p-p-', events);
  const unsub = '       ----!';

  const lines: string[] = [];
  const debug = debugEvents({ sink: (line) => lines.push(line.trim()) });
  expectObservable(failing.pipe(debug)).toBe('---#', undefined, new TypeError('no route'));
  expectObservable(endless.pipe(debug), unsub).toBe('     -p-p', events);
  flush();
  expect(lines).toEqual(['1 ms  ping', '3 ms  ping', '3 ms  error TypeError: no route', '4 ms  unsubscribed']);
});

it('writes each event of a conversation in its round', () => {
  const round = (_: unknown, number: number) =>
    number === 1
      ? [
          claude.s,
          claude.k,
          claude.i,
          claude.a,
          ours.K,
          claude.w,
          claude.m,
          ours.S,
          progress('k', 1),
          result('k', 'one', 7),
        ]
      : [claude.s, claude.e, claude.m];
  const request = { model: 'claude-test', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hi' }] };
  const all = observe(of(request).pipe(resumeConversation(round))).values;
  expect(linesOf(all)).toEqual([
    'round 1 round_start -> claude-test, 1 message, 0 tools, last: user Hi',
    'round 1 message_start msg_1 claude-test',
    'round 1 [0] content_block_start tool_use k',
    'round 1 [0] input_json_delta 2 chars',
    'round 1 [0] content_block_stop',
    'round 1 [0] tool_call k toolu_k {}',
    'round 1 message_delta tool_use',
    'round 1 message_stop',
    'round 1 tool_start k toolu_k',
    'round 1 tool_progress k toolu_k 1',
    'round 1 tool_result k toolu_k ok, 7 ms, 3 chars: one',
    'round 1 round_end tool_use, 1 result, 10 tokens in, 5 out, then resume',
    expect.stringMatching(/^round 2 round_start -> claude-test, 3 messages, 0 tools, last: user \[\{.*one/),
    'round 2 message_start msg_1 claude-test',
    'round 2 message_delta end_turn',
    'round 2 message_stop',
    'round 2 round_end end_turn, 0 results, 10 tokens in, 5 out, then end',
    'round 2 conversation_end end_turn, 2 rounds, 20 tokens in, 10 out',
    'complete',
  ]);
});

it('writes what a guard is asked and what it says', () => {
  const told = [
    asked('k', { city: 'Oslo' }),
    decided('k', 'approved'),
    decided('k', 'denied', 'Not today.'),
    decided('k', 'expired'),
  ];
  expect(linesOf(told)).toEqual([
    'approval_request k toolu_k {"city":"Oslo"}',
    'approval_decision k toolu_k approved',
    'approval_decision k toolu_k denied: Not today.',
    'approval_decision k toolu_k expired',
    'complete',
  ]);
});

it('writes why and when a round is tried again, and begins its texts anew', () => {
  const { s, o, t, c } = claude;
  expect(linesOf([s, o, t, retried(1, overloaded(), 750), s, o, t, c])).toEqual([
    'message_start msg_1 claude-test',
    '[2] content_block_start text',
    '[2] text_delta 2 chars',
    'round_retry after attempt 1, in 750 ms: Overloaded',
    'message_start msg_1 claude-test',
    '[2] content_block_start text',
    '[2] text_delta 2 chars',
    '[2] content_block_stop 2 chars: Hi',
    'complete',
  ]);
  expect(linesOf([retried(2, overloaded('x-api-key: sk-ant-api03-abcdefgh12345678'), 0)])[0]).not.toContain('api03');
  expect(linesOf([retried(3, 'boom', 1), retried(4, undefined, 2)])).toMatchObject([
    'round_retry after attempt 3, in 1 ms: boom',
    expect.stringContaining('round_retry after attempt 4, in 2 ms: '),
    'complete',
  ]);
});

it('cuts long values', () => {
  const K = call('k', { text: 'x'.repeat(500) });
  const W = failure('k', 'y'.repeat(500), new Error('z'.repeat(500)), 3);
  expect(linesOf([K, W], 20)).toEqual([
    `[0] tool_call k toolu_k {"text":"${'x'.repeat(11)}… (511 chars)`,
    `tool_result k toolu_k error, 3 ms, 500 chars: ${'z'.repeat(20)}… (500 chars)`,
    'complete',
  ]);
});

it('hides secrets, wherever they stand', () => {
  const secret = 'sk-ant-api03-abcdefgh12345678';
  const { s, k, o, c } = claude;
  const input = { password: 'hunter2', url: 'https://me:hunter2@example.org', note: `Bearer ${secret}` };
  const pieces = [inputDelta('{"password":"hunter2"}'), text('the key is sk-ant-', 2), text(secret.slice(7), 2)];
  const results = [result('k', `{"api_key":"${secret}"}`), failure('k', secret, new Error(secret))];
  const lines = linesOf([s, k, o, ...pieces, c, call('k', input), progress('k', { token: secret }), ...results], 1_000);
  expect(lines.join('\n')).toContain('[hidden]');
  expect(lines.join('\n')).not.toMatch(/hunter2|api03|abcdefgh/);
});

it('writes to console.debug unless told otherwise', () => {
  const debug = jest.spyOn(console, 'debug').mockImplementation(() => {});
  of(claude.p).pipe(debugEvents()).subscribe();
  const lines = debug.mock.calls.map(([line]) => String(line).replace(/^ +\d+ ms {2}/, ''));
  debug.mockRestore();
  expect(lines).toEqual(['ping', 'complete']);
});

it.each([0, -1, 1.5, NaN, '80'])('refuses maxChars %p at once', (maxChars) => {
  expect(() => debugEvents({ maxChars: maxChars as number })).toThrow(OptionError);
});

describe('a sink that throws', () => {
  const boom = new Error('boom');
  const sink = jest.fn(() => {
    throw boom;
  });
  beforeEach(() => sink.mockClear());

  it.each<[string, Observable<RoundEvent>]>([
    ['at an event', of(claude.p)],
    ['at the end', EMPTY],
  ])('%s fails the stream, and is not called again', async (_, source) => {
    const reported = await unhandledIn(() => {
      const seen = observe(source.pipe(debugEvents({ sink })));
      expect(seen).toMatchObject({ values: [], end: 'error', error: boom });
    });
    expect(reported).toEqual([]);
    expect(sink).toHaveBeenCalledTimes(1);
  });

  it("lets the source's own error through, and rxjs is told", async () => {
    const first = new Error('first');
    const reported = await unhandledIn(() => {
      const seen = observe(throwError(() => first).pipe(debugEvents({ sink })));
      expect(seen).toMatchObject({ values: [], end: 'error', error: first });
    });
    expect(reported).toEqual([boom]);
  });

  it('does not throw at the one who unsubscribes: rxjs is told', async () => {
    const reported = await unhandledIn(() => {
      NEVER.pipe(debugEvents({ sink })).subscribe().unsubscribe();
    });
    expect(reported).toEqual([boom]);
  });
});
