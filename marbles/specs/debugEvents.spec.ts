import { EMPTY, NEVER, type Observable, of, throwError } from 'rxjs';
import { debugEvents, resumeConversation } from '../../src/index.js';
import type {
  ApprovalDecisionEvent,
  RoundContext,
  RoundEvent,
  ToolCallEvent,
  ToolResultEvent,
} from '../../src/index.js';
import { added, apiError, claude, marble } from '../index.js';
import { frozen } from './support/frozen.js';
import { observe } from './support/observe.js';
import { unhandledIn } from './support/unhandled.js';
import { tagged } from '../../test/support/errors.js';

// s message_start  o a text block starts  t text  c content_block_stop  e message_delta with stop_reason end_turn
// m message_stop  p ping  u an event of another type

/** A text that is the third block of its message. */
const letters = frozen({ o: claude.textStart(2), t: claude.text('Hi', 2), c: claude.contentBlockStop(2) });

/** A call to `weather`. */
function call(input: unknown): ToolCallEvent {
  return added.toolCall('toolu_1', 'weather', input);
}
const weather = call({ city: 'Oslo' });

/** The answer to it when it failed: `content` is for Claude, `error` for the program. */
function failure(content: string, { name, message }: Error, duration = 0): ToolResultEvent {
  return added.toolFailure(weather, content, { _tag: 'Threw', name, message }, duration);
}

/** The later decision of its guard. */
function decided(decision: ApprovalDecisionEvent['decision'], reason?: string): ApprovalDecisionEvent {
  return added.approvalDecision(weather, decision, reason);
}

/** The lines of events that come all at once, without their times. */
function linesOf(source: RoundEvent[], maxChars?: number): string[] {
  const lines: string[] = [];
  const sink = (line: string) => lines.push(line.replace(/^ *\d+ ms {2}/, ''));
  observe(of(...source).pipe(debugEvents({ sink, ...(maxChars !== undefined && { maxChars }) })));
  return lines;
}

marble(
  'mirrors its source and writes a line for each event, with the time',
  ({ reply, flush, expectEvents, expectObservable }) => {
    const source = reply('-s-o-t-u-c-e-p-m|', letters);
    const expected = '    -s-o-t-u-c-e-p-m|';

    const lines: string[] = [];
    expectEvents(source.pipe(debugEvents({ sink: (line) => lines.push(line) }))).toBe(expected);
    expectObservable(source.pipe(debugEvents({ sink: () => {} }))).toEqual(source);
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
  },
);

marble('counts the time from each subscription', ({ reply, flush, expectEvents }) => {
  const source = reply('---p-|      ');
  const firstSub = '    ^           ';
  const first = '       ---p-|      ';
  const secondSub = '   ------^     ';
  const second = '      ---------p-|';

  const lines: string[] = [];
  const out = source.pipe(debugEvents({ sink: (line) => lines.push(line.trim()) }));
  expectEvents(out, firstSub).toBe(first);
  expectEvents(out, secondSub).toBe(second);
  flush();
  expect(lines).toEqual(['3 ms  ping', '5 ms  complete', '3 ms  ping', '5 ms  complete']);
});

marble('writes how the stream ended', ({ reply, flush, expectEvents }) => {
  const error = new TypeError('no route');
  const failing = reply(' --#    ', { '#': error });
  const failed = '        --#    ';
  const endless = reply(' -p-p-p-');
  const unsub = '         ----!';
  const left = '          -p-p-  ';

  const lines: string[] = [];
  const debug = debugEvents({ sink: (line) => lines.push(line.trim()) });
  expectEvents(failing.pipe(debug)).toBe(failed, { '#': error });
  expectEvents(endless.pipe(debug), unsub).toBe(left);
  flush();
  expect(lines).toEqual(['1 ms  ping', '2 ms  error TypeError: no route', '3 ms  ping', '4 ms  unsubscribed']);
});

it('writes each event of a conversation in its round', () => {
  const K = call({});
  const calling = [
    claude.messageStart(),
    claude.toolUseStart('toolu_1', 'weather', 0),
    claude.inputJson('{}', 0),
    claude.contentBlockStop(0),
    K,
    claude.stop('tool_use'),
    claude.messageStop(),
  ];
  const running = [added.toolStart(K), added.toolProgress(K, 1), added.toolResult(K, 'one', 7)];
  const round = (_: unknown, { round: number }: RoundContext) =>
    number === 1 ? [...calling, ...running] : claude.message();
  const request = { model: 'claude-test', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hi' }] };
  const all = observe(of(request).pipe(resumeConversation(round))).values;
  expect(linesOf(all)).toEqual([
    'round 1 round_start -> claude-test, 1 message, 0 tools, last: user Hi',
    'round 1 message_start msg_1 claude-test',
    'round 1 [0] content_block_start tool_use weather',
    'round 1 [0] input_json_delta 2 chars',
    'round 1 [0] content_block_stop',
    'round 1 [0] tool_call weather toolu_1 {}',
    'round 1 message_delta tool_use',
    'round 1 message_stop',
    'round 1 tool_start weather toolu_1',
    'round 1 tool_progress weather toolu_1 1',
    'round 1 tool_result weather toolu_1 ok, 7 ms, 3 chars: one',
    'round 1 round_end tool_use, 1 result, 10 tokens in, 5 out, then resume',
    expect.stringMatching(/^round 2 round_start -> claude-test, 3 messages, 0 tools, last: user \[\{.*one/),
    'round 2 message_start msg_1 claude-test',
    'round 2 message_delta end_turn',
    'round 2 message_stop',
    'round 2 round_end end_turn, 0 results, 10 tokens in, 5 out, then end',
    'round 2 conversation_end finished end_turn, 2 rounds, 20 tokens in, 10 out',
    'complete',
  ]);
});

it('writes what a guard is asked and what it says', () => {
  const asked = added.approvalRequest(weather, { city: 'Oslo' });
  const told = [asked, decided('approved'), decided('denied', 'Not today.'), decided('expired')];
  expect(linesOf(told)).toEqual([
    'approval_request weather toolu_1 {"city":"Oslo"}',
    'approval_decision weather toolu_1 approved',
    'approval_decision weather toolu_1 denied: Not today.',
    'approval_decision weather toolu_1 expired',
    'complete',
  ]);
});

it('writes why and when a round is tried again, and starts its texts again', () => {
  const s = claude.messageStart();
  const { o, t, c } = letters;
  expect(linesOf([s, o, t, added.roundRetry(1, apiError(), 750), s, o, t, c])).toEqual([
    'message_start msg_1 claude-test',
    '[2] content_block_start text',
    '[2] text_delta 2 chars',
    'round_retry after attempt 1, in 750 ms: The API answered in its stream: overloaded_error.',
    'message_start msg_1 claude-test',
    '[2] content_block_start text',
    '[2] text_delta 2 chars',
    '[2] content_block_stop 2 chars: Hi',
    'complete',
  ]);
  const telling = apiError('overloaded_error', { message: 'x-api-key: sk-ant-api03-abcdefgh12345678' });
  expect(linesOf([added.roundRetry(2, telling, 0)])[0]).not.toContain('api03');
  expect(linesOf([added.roundRetry(3, 'boom', 1), added.roundRetry(4, undefined, 2)])).toMatchObject([
    'round_retry after attempt 3, in 1 ms: boom',
    expect.stringContaining('round_retry after attempt 4, in 2 ms: '),
    'complete',
  ]);
});

it('cuts long values', () => {
  const K = call({ text: 'x'.repeat(500) });
  const W = failure('y'.repeat(500), new Error('z'.repeat(500)), 3);
  expect(linesOf([K, W], 20)).toEqual([
    `[0] tool_call weather toolu_1 {"text":"${'x'.repeat(11)}… (511 chars)`,
    `tool_result weather toolu_1 error, 3 ms, 500 chars: ${'z'.repeat(20)}… (500 chars)`,
    'complete',
  ]);
});

it('hides secrets, wherever they stand', () => {
  const secret = 'sk-ant-api03-abcdefgh12345678';
  const { o, c } = letters;
  const input = { password: 'hunter2', url: 'https://me:hunter2@example.org', note: `Bearer ${secret}` };
  const pieces = [
    claude.inputJson('{"password":"hunter2"}', 0),
    claude.text('the key is sk-ant-', 2),
    claude.text(secret.slice(7), 2),
  ];
  const results = [added.toolResult(weather, `{"api_key":"${secret}"}`), failure(secret, new Error(secret))];
  const calling = [call(input), added.toolProgress(weather, { token: secret }), ...results];
  const lines = linesOf(
    [claude.messageStart(), claude.toolUseStart('toolu_1', 'weather', 0), o, ...pieces, c, ...calling],
    1_000,
  );
  expect(lines.join('\n')).toContain('[hidden]');
  expect(lines.join('\n')).not.toMatch(/hunter2|api03|abcdefgh/);
});

it('writes to console.debug unless told otherwise', () => {
  const debug = jest.spyOn(console, 'debug').mockImplementation(() => {});
  of(claude.ping()).pipe(debugEvents()).subscribe();
  const lines = debug.mock.calls.map(([line]) => String(line).replace(/^ +\d+ ms {2}/, ''));
  debug.mockRestore();
  expect(lines).toEqual(['ping', 'complete']);
});

it.each([0, -1, 1.5, NaN, '80'])('refuses maxChars %p at once', (maxChars) => {
  expect(() => debugEvents({ maxChars: maxChars as number })).toThrow(tagged('OptionError'));
});

describe('a sink that throws', () => {
  const boom = new Error('boom');
  const sink = jest.fn(() => {
    throw boom;
  });
  beforeEach(() => sink.mockClear());

  it.each<[string, Observable<RoundEvent>]>([
    ['at an event', of(claude.ping())],
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

  it('does not throw into an unsubscription: rxjs reports it', async () => {
    const reported = await unhandledIn(() => {
      NEVER.pipe(debugEvents({ sink })).subscribe().unsubscribe();
    });
    expect(reported).toEqual([boom]);
  });
});
