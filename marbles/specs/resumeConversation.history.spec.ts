import { concat, of, throwError, type Observable } from 'rxjs';
import { historyError } from '../../src/errors/failures.js';
import { resumeConversation, toErrorFacts } from '../../src/index.js';
import type { ClaudeRequest, RoundContext, RoundEvent, RoundRequest, UsageTotals } from '../../src/index.js';
import { asIs, checkHistory, mendHistory, mendingHistory, strictHistory } from '../../src/history/index.js';
import type { HistoryKeeper, HistoryPolicy } from '../../src/history/index.js';
import { added, apiError, claude, marble } from '../index.js';
import { frozen } from './support/frozen.js';
import { answered, answerTo, cutOff, said, unrun } from './support/messages.js';
import { observe } from './support/observe.js';
import { refused } from './support/overloaded.js';
import { missingToolResultError, tagged, truncatedStreamError } from '../../test/support/errors.js';

// Most rounds are lists of events, so that all happens at once. The letters are the same there as in the diagrams.
//
// s message_start  o a text block starts  t text  k a tool_use block starts  c content_block_stop
// w message_delta with stop_reason tool_use  e message_delta with stop_reason end_turn  m message_stop  B round_start
// C conversation_end  W tool_result
//
// `k` calls the tool weather, and `W` is its result; `l` calls the tool time, and `Y` is its result.

const [weather, time] = [added.toolCall('toolu_weather', 'weather'), added.toolCall('toolu_time', 'time')];
const values = frozen({
  s: claude.messageStart(),
  o: claude.textStart(0),
  t: claude.text('Hi', 0),
  k: claude.toolUseStart('toolu_weather', 'weather', 0),
  l: claude.toolUseStart('toolu_time', 'time', 0),
  c: claude.contentBlockStop(0),
  w: claude.stop('tool_use'),
  e: claude.stop('end_turn'),
  m: claude.messageStop(),
  W: added.toolResult(weather, 'sunny'),
  Y: added.toolResult(time, 'noon'),
});
const { s, o, t, k, l, c, w, e, m, W, Y } = values;
const hi = { type: 'text', text: 'Hi' };
const calling = [s, k, c, w, m, W];
const answer = [s, o, t, c, e, m];
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });

/** A request whose history has a call without an answer. */
const open: ClaudeRequest = frozen({
  ...q,
  tools: [{ name: 'weather', input_schema: { type: 'object' } }],
  messages: [
    ...q.messages,
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_0', name: 'weather', input: {} }] },
    { role: 'user', content: 'Never mind.' },
  ],
});

/** Runs a conversation with the given rounds, and returns what was sent. The last round repeats. */
function hold(request: ClaudeRequest, rounds: RoundEvent[][], options: Parameters<typeof resumeConversation>[1] = {}) {
  const sent: RoundRequest[] = [];
  const round = (next: RoundRequest, { round: number }: RoundContext) => {
    sent.push(next);
    return rounds[number - 1] ?? rounds.at(-1)!;
  };
  const seen = observe(of(request).pipe(resumeConversation(round, options)));
  const starts = seen.values.flatMap((event) => (event.type === 'round_start' ? [event] : []));
  const end = seen.values.flatMap((event) => (event.type === 'conversation_end' ? [event] : []))[0]!;
  return { ...seen, sent, starts, end };
}

/** These messages in full: other expectations may name only some fields. */
function exactly(messages: readonly object[]): unknown[] {
  return messages.map((message) => expect.objectContaining(message) as unknown);
}

describe('a history that the API would refuse', () => {
  it('is one', () => {
    expect(checkHistory(open.messages).map(({ code }) => code)).toEqual(['tool_use_without_result']);
  });

  it('is mended, and the round_start says so', () => {
    const { sent, starts, end } = hold(open, [calling, answer], { history: mendingHistory() });
    expect(sent.map(({ messages }) => checkHistory(messages))).toEqual([[], []]);
    expect(starts[0]!.mended).toMatchObject([{ code: 'call_answered', path: 'messages.1.content.0' }]);
    expect(starts[0]!.request).toBe(sent[0]);
    expect(sent[0]!.messages[1]).toEqual(open.messages[1]);
    expect(end).toMatchObject({ reason: 'finished', stop_reason: 'end_turn' });
    expect(end.messages.slice(0, 3)).toEqual(sent[0]!.messages.slice(0, 3));
  });

  it('is mended once: later rounds go on from there, and say nothing of it', () => {
    const { sent, starts } = hold(open, [calling, answer], { history: mendingHistory() });
    expect(sent[1]!.messages.slice(0, sent[0]!.messages.length)).toEqual(sent[0]!.messages);
    expect(starts[1]).not.toHaveProperty('mended');
    expect(hold(q, [answer], { history: mendingHistory() }).starts[0]).not.toHaveProperty('mended');
  });

  marble('is an error where it is not to be mended, before anything is sent', ({ cold, flush, expectEvents }) => {
    const source = cold(' --q|  ', { q: open });
    const expected = '    --(C#)';

    const round = jest.fn(() => answer);
    const error = Object.assign(historyError(checkHistory(open.messages)), { round: 1 });
    // Even then, the history at the end can be sent.
    const { messages } = mendHistory(open.messages, open.tools);
    const C = {
      reason: 'error',
      rounds: 0,
      message: undefined,
      error: toErrorFacts(error),
      messages: exactly(messages),
    };
    const conversation = source.pipe(resumeConversation(round, { history: strictHistory() }));
    expectEvents(conversation).toBe(expected, { C, '#': error });
    expect(checkHistory(messages)).toEqual([]);
    flush();
    expect(round).not.toHaveBeenCalled();
  });

  it.each([
    ['by default', {}],
    ['where that is asked for', { history: asIs }],
  ])('is sent as it is %s, and stays as it is', (_, options) => {
    const { sent, starts, end } = hold(open, [answer], options);
    expect(sent[0]!.messages).toEqual(open.messages);
    expect(starts[0]).not.toHaveProperty('mended');
    expect(end.messages).toEqual([...open.messages, said(hi)]);
  });

  describe('because of what a round brought', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.org' } };
    const unsendable = frozen({
      ...W,
      result: { type: 'tool_result', tool_use_id: 'toolu_weather', content: [image], is_error: true },
      output: undefined,
      error: 'boom',
    } as unknown as RoundEvent);

    it('is mended, too', () => {
      const { sent, starts } = hold(q, [[s, k, c, w, m, unsendable], answer], { history: mendingHistory() });
      expect(starts.map(({ mended }) => mended?.map(({ code }) => code))).toEqual([undefined, ['result_changed']]);
      expect(checkHistory(sent[1]!.messages)).toEqual([]);
    });

    it('is an error, too: after what had come', () => {
      const seen = hold(q, [[s, k, c, w, m, unsendable], answer], { history: strictHistory() });
      expect(seen.error).toMatchObject({ defects: [{ code: 'non_text_in_error_result' }] });
      expect(seen.values.slice(-2)).toMatchObject([
        { type: 'round_end' },
        { type: 'conversation_end', reason: 'error', rounds: 1, message: { stop_reason: 'tool_use' } },
      ]);
      expect(checkHistory(seen.end.messages)).toEqual([]);
    });
  });

  it.each(['mend', '', null, true, {}])('cannot be dealt with by %p, which is refused at once', (history) => {
    const refusing = () => resumeConversation(() => answer, { history: history as HistoryPolicy });
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow('resumeConversation.history');
  });
});

describe('an id that a call of the conversation had before', () => {
  const policies: [string, Parameters<typeof resumeConversation>[1]][] = [
    ['by default', {}],
    ['in a mended history', { history: mendingHistory() }],
  ];
  const idsIn = (messages: readonly { readonly content: unknown }[]) =>
    [...JSON.stringify(messages).matchAll(/"(?:tool_use_)?id":"(\w+)"/g)].map(([, id]) => id);

  it.each(policies)('is replaced %s, in the call and in its result', (_, options) => {
    const { sent, starts, end } = hold(q, [calling, calling, calling, answer], options);
    const [first, second, third] = ['toolu_weather', 'toolu_weather_2', 'toolu_weather_3'];
    expect(idsIn(sent[3]!.messages)).toEqual([first, first, second, second, third, third]);
    expect(idsIn(end.messages)).toEqual(idsIn(sent[3]!.messages));
    expect(starts.map(({ mended }) => mended?.map(({ code, path }) => [code, path]))).toEqual([
      undefined,
      undefined,
      [
        ['id_renamed', 'messages.3.content.0'],
        ['id_renamed', 'messages.4.content.0'],
      ],
      [
        ['id_renamed', 'messages.5.content.0'],
        ['id_renamed', 'messages.6.content.0'],
      ],
    ]);
  });

  it.each(policies)('is replaced %s when the first call was in the given history', (_, options) => {
    const before = [...q.messages, said(k.content_block), answered(answerTo('weather', 'rainy'))];
    const request = frozen({ ...q, tools: open.tools, messages: [...before, { role: 'user', content: 'And now?' }] });
    const { sent, end } = hold(request as ClaudeRequest, [calling, answer], options);
    expect(sent[0]!.messages).toEqual(request.messages);
    expect(idsIn(sent[1]!.messages.slice(4))).toEqual(['toolu_weather_2', 'toolu_weather_2']);
    expect(checkHistory(end.messages)).toEqual([]);
  });

  it.each(policies)('is replaced %s in what is left of a reply that broke off', (_, options) => {
    const { end } = hold(q, [calling, [s, k, c]], options);
    expect(end.reason).toBe('error');
    expect(idsIn(end.messages.slice(3))).toEqual(['toolu_weather_2', 'toolu_weather_2']);
    expect(checkHistory(end.messages)).toEqual([]);
  });

  it('is replaced in server tools and their results, also where these come a round later', () => {
    const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
    const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
    const pausing = (...blocks: Parameters<typeof claude.contentBlockStart>[0][]) => [
      s,
      ...blocks.flatMap((block, index) => [claude.contentBlockStart(block, index), claude.contentBlockStop(index)]),
      claude.stop('pause_turn'),
      m,
    ];
    const begins = pausing(search);
    const ends = pausing(found, search);
    const { sent } = hold(q, [begins, ends, ends, answer]);
    expect(idsIn(sent[3]!.messages)).toEqual([
      ...['srvtoolu_1', 'srvtoolu_1', 'srvtoolu_1_2'],
      ...['srvtoolu_1_2', 'srvtoolu_1_3'],
    ]);
    expect(checkHistory(sent[3]!.messages)).toEqual([]);
  });

  it('is left alone where all is, and an error where nothing is mended', () => {
    const { sent, starts } = hold(q, [calling, calling, answer], { history: asIs });
    expect(new Set(idsIn(sent[2]!.messages))).toEqual(new Set(['toolu_weather']));
    expect(starts[2]).not.toHaveProperty('mended');
    const { error, end } = hold({ ...q, tools: open.tools! }, [calling], { history: strictHistory() });
    expect(error).toMatchObject({ defects: [{ code: 'duplicate_tool_use_id' }], round: 2 });
    expect(checkHistory(end.messages)).toEqual([]);
  });
});

describe('a field that is newer than the library', () => {
  const wish = { wish: { unknown: [true] } };
  const reply = [
    { type: 'text', text: 'Well.', ...wish },
    { type: 'tool_use', id: 'toolu_weather', name: 'weather', input: {}, ...wish },
  ];
  const wishing = [
    s,
    ...reply.flatMap((block, index) => [claude.contentBlockStart(block, index), claude.contentBlockStop(index)]),
    w,
    m,
    W,
  ];
  const request = { ...q, tools: open.tools! };
  const more = { role: 'user' as const, content: 'And now?' };
  const policies: [string, Parameters<typeof resumeConversation>[1]][] = [
    ['nothing', {}],
    ['mendingHistory', { history: mendingHistory() }],
    ['strictHistory', { history: strictHistory() }],
    ['asIs', { history: asIs }],
  ];

  it.each(policies)('stays where Claude wrote it, in this conversation and in the next: %s', (_, options) => {
    const first = hold(request, [wishing, answer], options);
    expect(first.sent[1]!.messages[1]!.content).toEqual(reply);
    expect(first.end.messages[1]!.content).toEqual(reply);

    const stored = JSON.parse(JSON.stringify([...first.end.messages, more])) as ClaudeRequest['messages'];
    const next = hold({ ...request, messages: stored }, [answer], options);
    expect(JSON.stringify(next.sent[0]!.messages)).toBe(JSON.stringify(stored));
    expect(next.starts[0]).not.toHaveProperty('mended');
    expect(next.starts[0]).not.toHaveProperty('unmended');
    expect(next.end.messages.slice(0, stored.length)).toEqual(stored);
  });

  it('stays beside what has to be mended', () => {
    const stored = [...q.messages, said(...reply), more];
    const { sent, starts } = hold({ ...request, messages: stored } as ClaudeRequest, [answer], {
      history: mendingHistory(),
    });
    expect(starts[0]!.mended?.map(({ code }) => code)).toEqual(['call_answered']);
    expect(sent[0]!.messages[1]!.content).toEqual(reply);
  });

  it('is sent where others wrote it, and reported once: the API may know it', () => {
    const messages = [{ role: 'user', content: [{ ...hi, ...wish }], ...wish }];
    const tools = [{ ...open.tools![0], ...wish }];
    const result = { ...W.result, ...wish };
    const rounds = [[s, k, c, w, m, { ...W, result } as RoundEvent], calling, answer];
    const options = { history: mendingHistory() };
    const { sent, starts, end } = hold({ ...q, tools, messages } as unknown as ClaudeRequest, rounds, options);
    expect(end).not.toHaveProperty('error');
    expect(sent[0]).toMatchObject({ messages, tools });
    expect(sent[1]!.messages[2]!.content).toEqual([result]);
    const told = starts.map(({ unmended }) => unmended?.map(({ code, path }) => [code, path]));
    expect(told).toEqual([
      [
        ['malformed_tool', 'tools.0.custom.wish'],
        ['extra_field', 'messages.0.wish'],
        ['extra_field', 'messages.0.content.0.text.wish'],
      ],
      [['extra_field', 'messages.2.content.0.tool_result.wish']],
      undefined,
    ]);
    // What is left is reported as JSON would keep it.
    expect(starts[0]!.unmended).toStrictEqual(JSON.parse(JSON.stringify(starts[0]!.unmended)));
  });

  it('is a defect where others wrote it and nothing is mended', () => {
    const messages = [{ role: 'user', content: [{ ...hi, ...wish }] }];
    const { error, sent } = hold({ ...q, messages } as unknown as ClaudeRequest, [answer], {
      history: strictHistory(),
    });
    expect(error).toMatchObject({ defects: [{ code: 'extra_field' }] });
    expect(sent).toEqual([]);
  });

  it('differs from what programs leave in blocks and messages, which is removed', () => {
    const messages = [
      { role: 'user', content: [{ ...hi, id: 'b1', createdAt: 1 }], id: 'm1' },
      { role: 'assistant', content: [{ ...hi, parsed_output: null, index: 0, ...wish }], stop_reason: 'end_turn' },
      more,
    ];
    const options = { history: mendingHistory() };
    const { sent, starts } = hold({ ...q, messages } as unknown as ClaudeRequest, [answer], options);
    expect(sent[0]!.messages).toEqual([
      { role: 'user', content: [hi] },
      { role: 'assistant', content: [{ ...hi, ...wish }] },
      more,
    ]);
    expect(new Set(starts[0]!.mended?.map(({ code }) => code))).toEqual(new Set(['field_removed']));
    expect(starts[0]).not.toHaveProperty('unmended');
  });
});

describe('what Claude wrote in this conversation', () => {
  const odd = [
    { type: 'thinking', thinking: 'Hm.', signature: '' },
    { type: 'text', text: 'Well.', index: 0 },
    { type: 'tool_use', id: 'call:1', name: 'weather', input: {}, caller: null },
  ];
  const result = { type: 'tool_result', tool_use_id: 'call:1', content: [hi], is_error: 'yes' };
  const oddly = [
    s,
    ...odd.flatMap((block, index) => [claude.contentBlockStart(block, index), claude.contentBlockStop(index)]),
    w,
    m,
    { ...W, id: 'call:1', result } as unknown as RoundEvent,
  ];

  it('goes back as it came, whatever another server writes, next to a result that is mended', () => {
    const { sent, starts } = hold({ ...q, tools: open.tools! }, [oddly, answer], { history: mendingHistory() });
    expect(sent[1]!.messages[1]!.content).toEqual(odd);
    expect(sent[1]!.messages[2]!.content).toEqual([{ ...result, is_error: true }]);
    expect(starts[1]!.mended?.map(({ code, path }) => [code, path])).toEqual([
      ['result_changed', 'messages.2.content.0'],
    ]);
  });

  it('is mended in what a conversation leaves, so that any server takes it', () => {
    const options = { history: mendingHistory() };
    const { end } = hold({ ...q, tools: open.tools! }, [oddly, answer], options);
    expect(checkHistory(end.messages, open.tools)).toEqual([]);
    const messages = [...end.messages, { role: 'user' as const, content: 'And now?' }];
    const next = hold({ ...q, tools: open.tools!, messages }, [answer], options);
    expect(next.sent[0]!.messages).toEqual(messages);
    expect(next.starts[0]).not.toHaveProperty('mended');
  });

  it('stays the same to the byte when later results have too many cache marks', () => {
    const cache_control = { type: 'ephemeral' as const };
    const marked = { ...W, result: { ...W.result, cache_control } } as RoundEvent;
    const round = [s, k, c, w, m, marked];
    const options = { history: mendingHistory() };
    const { sent } = hold({ ...q, tools: open.tools! }, [round, round, round, round, round, round, answer], options);
    const last = sent.at(-1)!.messages;
    expect(JSON.stringify(last).match(/cache_control/g)).toHaveLength(4);
    expect(checkHistory(last, open.tools)).toEqual([]);
    for (const { messages } of sent) {
      expect(last.filter(({ role }) => role === 'assistant').slice(0, (messages.length - 1) / 2)).toEqual(
        messages.filter(({ role }) => role === 'assistant'),
      );
    }
  });
});

describe('a policy of one’s own', () => {
  /** Records what it is asked, and answers as configured. */
  const noting = (answers: Partial<HistoryKeeper> = {}) => {
    const asked: unknown[] = [];
    const history: HistoryPolicy = (tools) => {
      asked.push({ tools });
      return {
        admit: (request) => {
          asked.push({ admit: request.messages.length });
          return answers.admit?.(request) ?? { request };
        },
        leave: (messages) => {
          asked.push({ leave: messages.length });
          return answers.leave?.(messages) ?? messages;
        },
      };
    };
    return { history, asked };
  };
  const boom = new Error('boom');
  const fail = () => {
    throw boom;
  };

  it('is created for each conversation, asked before each request, and once at the end', () => {
    const { history, asked } = noting();
    const conversation = of(open, q).pipe(
      resumeConversation((_, { round }) => (round === 1 ? calling : answer), { history }),
    );
    const once = [{ tools: open.tools }, { admit: 3 }, { admit: 5 }, { leave: 6 }];
    const twice = [{ tools: undefined }, { admit: 1 }, { admit: 3 }, { leave: 4 }];
    observe(conversation);
    expect(asked).toEqual([...once, ...twice]);
    observe(conversation);
    expect(asked).toEqual([...once, ...twice, ...once, ...twice]);
  });

  it('says what is sent, what goes on from there, what round_start tells, and what is left', () => {
    const changes = [{ code: 'message_removed', path: 'messages.0', message: 0, text: 'Gone.' }] as const;
    const hello = frozen([{ role: 'user' as const, content: 'Hello' }]);
    const { history } = noting({
      admit: (request) =>
        request.messages.length > 1
          ? { request }
          : { request: { ...request, messages: hello, model: 'another' }, mended: changes },
      leave: (messages) => messages.slice(-1),
    });
    const { sent, starts, end } = hold(q, [calling, answer], { history });
    expect(sent.map(({ model, messages }) => [model, messages[0]])).toEqual([
      ['another', hello[0]],
      ['another', hello[0]],
    ]);
    expect(starts.map(({ mended }) => mended)).toEqual([changes, undefined]);
    expect(end.messages).toEqual([said(hi)]);
  });

  it('that throws before a request ends the conversation, and is asked what is left', () => {
    for (const [round, length] of [1, 3].entries()) {
      const { history, asked } = noting({
        admit: ({ messages, ...request }) =>
          messages.length < length ? { request: { messages, ...request } } : fail(),
      });
      const { sent, end, error } = hold(q, [calling, answer], { history });
      expect(error).toBe(boom);
      expect(sent).toHaveLength(round);
      expect(end).toMatchObject({ reason: 'error', error: toErrorFacts(boom), rounds: round });
      expect(end.messages).toHaveLength(length);
      expect(asked.at(-1)).toEqual({ leave: length });
    }
  });
});

describe('budget', () => {
  const usage = { input_tokens: 100, output_tokens: 1, cache_creation_input_tokens: 7, cache_read_input_tokens: 3 };
  const spent = {
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 9 },
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
  };
  const costly: RoundEvent[] = [
    claude.messageStart({ usage } as never),
    k,
    c,
    { ...w, usage: spent } as RoundEvent,
    m,
    W,
  ];

  it.each<[keyof UsageTotals, number]>([
    ['input_tokens', 100],
    ['output_tokens', 20],
    ['cache_creation_input_tokens', 7],
    ['cache_read_input_tokens', 3],
    ['thinking_tokens', 9],
    ['web_search_requests', 2],
    ['web_fetch_requests', 1],
  ])('of %s: no further round begins once it is reached', (kind, perRound) => {
    const rounds = (most: number) => hold(q, [costly], { budget: { [kind]: most } }).end;
    expect(rounds(1)).toMatchObject({ reason: 'budget', rounds: 1 });
    expect(rounds(perRound)).toMatchObject({ reason: 'budget', rounds: 1 });
    expect(rounds(perRound + 1)).toMatchObject({ reason: 'budget', rounds: 2 });
    expect(rounds(perRound * 3)).toMatchObject({ reason: 'budget', rounds: 3, usage: { [kind]: perRound * 3 } });
  });

  it('is the first one that is reached, and all calls are answered', () => {
    const { end, values: seen } = hold(q, [costly], { budget: { input_tokens: 10_000, output_tokens: 40 } });
    expect(end).toMatchObject({ reason: 'budget', rounds: 2 });
    // The id that the first round used already is another one in the history.
    expect(end.messages.at(-1)).toEqual(answered({ ...answerTo('weather', 'sunny'), tool_use_id: 'toolu_weather_2' }));
    expect(seen.at(-2)).toMatchObject({ type: 'round_end', next: 'end' });
  });

  it('does not matter to a conversation that is over, nor is it the reason where another limit is', () => {
    expect(hold(q, [answer], { budget: { output_tokens: 1 } }).end.reason).toBe('finished');
    const both = { budget: { output_tokens: 1 }, maxRounds: 1 };
    expect(hold(q, [costly], both).end.reason).toBe('max_rounds');
    const stopWhen = jest.fn(() => true);
    expect(hold(q, [costly], { budget: { output_tokens: 1 }, stopWhen }).end.reason).toBe('budget');
    expect(stopWhen).not.toHaveBeenCalled();
  });

  it('counts attempts that failed', () => {
    const twice = [costly[0]!, o, t, added.roundRetry(1, apiError('overloaded_error'), 1), ...costly];
    expect(hold(q, [twice], { budget: { input_tokens: 200 } }).end).toMatchObject({ reason: 'budget', rounds: 1 });
  });

  it.each([0, -1, 1.5, NaN, '9', null])('refuses %p at once', (count) => {
    const refusing = () => resumeConversation(() => answer, { budget: { output_tokens: count as number } });
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow('resumeConversation.budget.output_tokens');
  });
});

describe('an error', () => {
  /** A conversation whose first round calls a tool, and whose second one breaks off with an error. */
  function breakOff(error: unknown, ...events: RoundEvent[]) {
    const broken: Observable<RoundEvent> = concat(
      of(...events),
      throwError(() => error),
    );
    const seen = observe(of(q).pipe(resumeConversation((_, { round }) => (round === 1 ? [s, l, c, w, m, Y] : broken))));
    const end = seen.values.at(-1)!;
    if (end.type !== 'conversation_end') throw new Error('The last event is no conversation_end.');
    return { seen, end };
  }
  const before = [...q.messages, said(l.content_block), answered(answerTo('time', 'noon'))];

  marble('comes after conversation_end, in the same frame', ({ cold, expectEvents }) => {
    const source = cold(' (q|)        ', { q });
    const one = cold('    s---o-t-#   ', values, 'boom');
    const expected = '    (Bs)o-t-(C#)';

    const messages = [...q.messages, said(hi)];
    const error = { name: 'Error', message: 'boom', retryable: false };
    const C = { reason: 'error', error, rounds: 1, messages: exactly(messages) };
    expectEvents(source.pipe(resumeConversation(() => one))).toBe(expected, { C, '#': 'boom' });
  });

  it.each<[string, RoundEvent[], object[]]>([
    ['before the reply', [], []],
    ['in the text', [s, o, t], [said(hi)]],
    ['in a call', [s, o, t, c, { ...k, index: 1 }], [said(hi)]],
    ['after a call', [s, k, c], [said(k.content_block), answered(unrun('weather', 'the reply broke off'))]],
    [
      'while a tool runs',
      [s, k, c, added.toolStart(weather)],
      [said(k.content_block), answered(cutOff('weather', 'the reply broke off'))],
    ],
    ['after a result', [s, k, c, w, m, W], [said(k.content_block), answered(answerTo('weather', 'sunny'))]],
    ['in a reply that was refused', [s, o, t, { ...e, delta: { ...e.delta, stop_reason: 'refusal' } }], []],
  ])('%s of the second round leaves all that the API takes', (_, events, added) => {
    const boom = new Error('boom');
    const { seen, end } = breakOff(boom, ...events);
    expect(seen.error).toBe(boom);
    expect(end.error).toEqual(toErrorFacts(boom));
    expect(end).toMatchObject({ reason: 'error', rounds: 2 });
    expect(end.messages).toEqual([...before, ...added]);
    expect(checkHistory([...end.messages, { role: 'user', content: 'And now?' }])).toEqual([]);
  });

  it('of ours says in which round it was; others stay as they are', () => {
    const cut = () => truncatedStreamError({ events: 1, lastEvent: 'ping' });
    expect(breakOff(cut()).seen.error).toMatchObject({ round: 2 });
    expect(breakOff(Object.assign(cut(), { round: 7 })).seen.error).toMatchObject({ round: 7 });
    expect(breakOff(Object.freeze(refused(400))).seen.error).not.toHaveProperty('round');
    expect(hold(q, [[s, o, t]]).error).toMatchObject({ _tag: 'ProtocolError', message: incomplete, round: 1 });
  });

  it('of a missing result answers the call that has none', () => {
    const { error, end } = hold(q, [[s, k, c, w, m]]);
    expect(error).toEqual(tagged('MissingToolResultError'));
    expect(error).toMatchObject({ ...missingToolResultError(1, ['toolu_weather']) });
    const left = [said(k.content_block), answered(unrun('weather', 'the reply broke off'))];
    expect(end.messages).toEqual([...q.messages, ...left]);
  });

  it('of stopWhen leaves the whole round', () => {
    const boom = new Error('boom');
    const fail = () => {
      throw boom;
    };
    const { values: seen, end, error } = hold(q, [calling], { stopWhen: fail });
    expect(error).toBe(boom);
    expect(end.messages).toEqual([...q.messages, said(k.content_block), answered(answerTo('weather', 'sunny'))]);
    expect(seen.at(-1)).toBe(end);
  });
});

const incomplete = 'Round 1 completed without a complete message.';
