import { concat, of, throwError, type Observable } from 'rxjs';
import { checkHistory, HistoryError, OptionError, resumeConversation } from '../src/index.js';
import type { ClaudeRequest, InvalidHistory, RoundEvent, RoundRequest, UsageTotals } from '../src/index.js';
import { MissingToolResultError, ProtocolError, TruncatedStreamError } from '../src/index.js';
import { messageStart } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { claude, failure, result, retried } from './support/alphabet.js';
import { frozen } from './support/frozen.js';
import { answered, answerTo, cutOff, said, text, unrun } from './support/messages.js';
import { observe } from './support/observe.js';
import { overloaded, refused } from './support/overloaded.js';
import { watchEnd } from './support/watchEnd.js';

// B round_start, W and X answer the calls that k and l begin, E round_end, C conversation_end.
const values = frozen({ ...claude, W: result('k', 'one'), X: result('l', 'two') });
const { s, k, a, l, b, o, t, c, w, e, m, W, X } = values;
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
const calling = [s, k, a, w, m, W];
const answer = [s, o, t, c, e, m];

/** A request whose history has a call that nobody answered. */
const open: ClaudeRequest = frozen({
  ...q,
  tools: [{ name: 'k', input_schema: { type: 'object' } }],
  messages: [
    ...q.messages,
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_0', name: 'k', input: {} }] },
    { role: 'user', content: 'Never mind.' },
  ],
});

/** Holds a conversation whose rounds are given, the last of them again and again, and gives what was sent. */
function hold(request: ClaudeRequest, rounds: RoundEvent[][], options: Parameters<typeof resumeConversation>[1] = {}) {
  const sent: RoundRequest[] = [];
  const round = (next: RoundRequest, number: number) => {
    sent.push(next);
    return rounds[number - 1] ?? rounds.at(-1)!;
  };
  const seen = observe(of(request).pipe(resumeConversation(round, options)));
  const starts = seen.values.flatMap((event) => (event.type === 'round_start' ? [event] : []));
  const end = seen.values.flatMap((event) => (event.type === 'conversation_end' ? [event] : []))[0]!;
  return { ...seen, sent, starts, end };
}

describe('a history that the API would refuse', () => {
  it('is one', () => {
    expect(checkHistory(open.messages).map(({ code }) => code)).toEqual(['tool_use_without_result']);
  });

  it('is mended, and the round_start says so', () => {
    const { sent, starts, end } = hold(open, [calling, answer]);
    expect(sent.map(({ messages }) => checkHistory(messages))).toEqual([[], []]);
    expect(starts[0]!.mended).toMatchObject([{ code: 'call_answered', path: 'messages.1.content.0' }]);
    expect(starts[0]!.request).toBe(sent[0]);
    expect(sent[0]!.messages[1]).toEqual(open.messages[1]);
    expect(end.reason).toBe('end_turn');
    expect(end.messages.slice(0, 3)).toEqual(sent[0]!.messages.slice(0, 3));
  });

  it('is mended once: later rounds go on from there, and say nothing of it', () => {
    const { sent, starts } = hold(open, [calling, answer]);
    expect(sent[1]!.messages.slice(0, sent[0]!.messages.length)).toEqual(sent[0]!.messages);
    expect(starts[1]).not.toHaveProperty('mended');
    expect(hold(q, [answer]).starts[0]).not.toHaveProperty('mended');
  });

  marble('is an error where it is not to be mended, before anything is sent', ({ cold, flush, expectObservable }) => {
    const source = cold('--q|   ', { q: open });
    const expected = '   --(C#) ';

    const round = jest.fn(() => answer);
    const error = new HistoryError(checkHistory(open.messages));
    const out = watchEnd(source.pipe(resumeConversation(round, { invalidHistory: 'error' })));
    expectObservable(out.letters).toBe(expected, undefined, Object.assign(error, { round: 1 }));
    flush();
    expect(round).not.toHaveBeenCalled();
    expect(out.end()).toMatchObject({
      reason: 'error',
      rounds: 0,
      message: undefined,
      error: { _tag: 'HistoryError' },
    });
    expect(checkHistory(out.end().messages)).toEqual([]);
  });

  it('is sent as it is where that is asked for, and left behind as it is', () => {
    const { sent, starts, end } = hold(open, [answer], { invalidHistory: 'ignore' });
    expect(sent[0]!.messages).toEqual(open.messages);
    expect(starts[0]).not.toHaveProperty('mended');
    expect(end.messages).toEqual([...open.messages, said(text('Hi'))]);
  });

  describe('because of what a round brought', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.org' } };
    const unsendable = failure('k', [image], 'boom');

    it('is mended, too', () => {
      const { sent, starts } = hold(q, [[s, k, a, w, m, unsendable], answer]);
      expect(starts.map(({ mended }) => mended?.map(({ code }) => code))).toEqual([undefined, ['result_changed']]);
      expect(checkHistory(sent[1]!.messages)).toEqual([]);
    });

    it('is an error, too: behind what had come', () => {
      const seen = hold(q, [[s, k, a, w, m, unsendable], answer], { invalidHistory: 'error' });
      expect(seen.error).toMatchObject({ defects: [{ code: 'non_text_in_error_result' }] });
      expect(seen.values.slice(-2)).toMatchObject([
        { type: 'round_end' },
        { type: 'conversation_end', reason: 'error', rounds: 1, message: { stop_reason: 'tool_use' } },
      ]);
      expect(checkHistory(seen.end.messages)).toEqual([]);
    });
  });

  it.each(['repair', '', null, true])('cannot be dealt with by %p, which is refused at once', (invalidHistory) => {
    const refusing = () => resumeConversation(() => answer, { invalidHistory: invalidHistory as InvalidHistory });
    expect(refusing).toThrow(OptionError);
    expect(refusing).toThrow('resumeConversation.invalidHistory');
  });
});

describe('budget', () => {
  const usage = { input_tokens: 100, output_tokens: 1, cache_creation_input_tokens: 7, cache_read_input_tokens: 3 };
  const spent = {
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 9 },
    server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
  };
  const costly: RoundEvent[] = [messageStart({ usage } as never), k, a, { ...w, usage: spent } as RoundEvent, m, W];

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
    expect(end.messages.at(-1)).toEqual(answered({ ...answerTo('k', 'one'), tool_use_id: 'toolu_k_2' }));
    expect(seen.at(-2)).toMatchObject({ type: 'round_end', next: 'end' });
  });

  it('does not matter to a conversation that is over, nor is it the reason where another limit is', () => {
    expect(hold(q, [answer], { budget: { output_tokens: 1 } }).end.reason).toBe('end_turn');
    const both = { budget: { output_tokens: 1 }, maxRounds: 1 };
    expect(hold(q, [costly], both).end.reason).toBe('max_rounds');
    const stopWhen = jest.fn(() => true);
    expect(hold(q, [costly], { budget: { output_tokens: 1 }, stopWhen }).end.reason).toBe('budget');
    expect(stopWhen).not.toHaveBeenCalled();
  });

  it('counts attempts that failed', () => {
    const twice = [costly[0]!, o, t, retried(1, overloaded(), 1), ...costly];
    expect(hold(q, [twice], { budget: { input_tokens: 200 } }).end).toMatchObject({ reason: 'budget', rounds: 1 });
  });

  it.each([0, -1, 1.5, NaN, '9', null])('refuses %p at once', (count) => {
    const refusing = () => resumeConversation(() => answer, { budget: { output_tokens: count as number } });
    expect(refusing).toThrow(OptionError);
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
    const seen = observe(of(q).pipe(resumeConversation((_, number) => (number === 1 ? [s, l, b, w, m, X] : broken))));
    const end = seen.values.at(-1)!;
    if (end.type !== 'conversation_end') throw new Error('The last event is no conversation_end.');
    return { seen, end };
  }
  const before = [...q.messages, said(l.content_block), answered(answerTo('l', 'two'))];

  marble('comes behind conversation_end, in the same frame', ({ cold, flush, expectObservable }) => {
    const source = cold('(q|)           ', { q });
    const one = cold('   s---o-t-#      ', values, 'boom');
    const expected = '   (Bs)o-t-(C#)   ';

    const out = watchEnd(source.pipe(resumeConversation(() => one)));
    expectObservable(out.letters).toBe(expected, undefined, 'boom');
    flush();
    expect(out.end()).toMatchObject({ reason: 'error', error: 'boom', rounds: 1 });
    expect(out.end().messages).toEqual([...q.messages, said(text('Hi'))]);
  });

  it.each<[string, RoundEvent[], object[]]>([
    ['before the reply', [], []],
    ['in the text', [s, o, t], [said(text('Hi'))]],
    ['in a call', [s, o, t, c, k], [said(text('Hi'))]],
    ['behind a call', [s, k, a], [said(k.content_block), answered(unrun('k', 'the reply broke off'))]],
    [
      'while a tool runs',
      [s, k, a, { type: 'tool_start', id: 'toolu_k', name: 'k', index: 0 }],
      [said(k.content_block), answered(cutOff('k', 'the reply broke off'))],
    ],
    ['behind a result', [s, k, a, w, m, W], [said(k.content_block), answered(answerTo('k', 'one'))]],
    ['in a reply that was refused', [s, o, t, { ...e, delta: { ...e.delta, stop_reason: 'refusal' } }], []],
  ])('%s of the second round leaves all that the API takes', (_, events, added) => {
    const boom = new Error('boom');
    const { seen, end } = breakOff(boom, ...events);
    expect(seen.error).toBe(boom);
    expect(end.error).toBe(boom);
    expect(end).toMatchObject({ reason: 'error', rounds: 2 });
    expect(end.messages).toEqual([...before, ...added]);
    expect(checkHistory([...end.messages, { role: 'user', content: 'And now?' }])).toEqual([]);
  });

  it('of ours says in which round it was; others stay as they are', () => {
    const cut = () => new TruncatedStreamError({ events: 1, lastEvent: 'ping' });
    expect(breakOff(cut()).seen.error).toMatchObject({ round: 2 });
    expect(breakOff(Object.assign(cut(), { round: 7 })).seen.error).toMatchObject({ round: 7 });
    expect(breakOff(Object.freeze(refused(400))).seen.error).not.toHaveProperty('round');
    expect(hold(q, [[s, o, t]]).error).toEqual(Object.assign(new ProtocolError(incomplete), { round: 1 }));
  });

  it('of a missing result answers the call that has none', () => {
    const { error, end } = hold(q, [[s, k, a, w, m]]);
    expect(error).toEqual(new MissingToolResultError(1, ['toolu_k']));
    const left = [said(k.content_block), answered(unrun('k', 'the reply broke off'))];
    expect(end.messages).toEqual([...q.messages, ...left]);
  });

  it('of stopWhen leaves the whole round behind', () => {
    const boom = new Error('boom');
    const fail = () => {
      throw boom;
    };
    const { values: seen, end, error } = hold(q, [calling], { stopWhen: fail });
    expect(error).toBe(boom);
    expect(end.messages).toEqual([...q.messages, said(k.content_block), answered(answerTo('k', 'one'))]);
    expect(seen.at(-1)).toBe(end);
  });
});

const incomplete = "Round 1 completed without a whole message of Claude's.";
