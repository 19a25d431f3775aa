import { concat, of, type Observable } from 'rxjs';
import { converse } from '../../src/index.js';
import type {
  ClaudeEvent,
  ClaudeRequest,
  RoundEvent,
  Source,
  SourceContext,
  SourceEvent,
  Tool,
} from '../../src/index.js';
import { added, apiError, claude, marble } from '../index.js';
import { fakeTool } from './support/fakeTool.js';
import { observe } from './support/observe.js';

// A source that is a function.
//
// s message_start  o a text block starts  t text  c content_block_stop  e message_delta with stop_reason end_turn
// m message_stop  H response  B round_start  R round_retry  E round_end  C conversation_end

function ask(...tools: Tool[]): ClaudeRequest {
  return { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], tools };
}

const answer = claude.message(claude.textBlock('Sunny.'));
/** Calls the tool `weather` in the first round and answers in the second. */
const scripted = (round: number): readonly ClaudeEvent[] =>
  [claude.message(claude.toolUse('toolu_1', 'weather')), answer][round - 1] ?? [];
const response: SourceEvent = { type: 'response', round: 9, request_id: 'req_1' };
const busy = apiError('overloaded_error');

function ofType<Type extends RoundEvent['type']>(events: readonly RoundEvent[], type: Type) {
  return events.filter((event): event is Extract<RoundEvent, { type: Type }> => event.type === type);
}

describe('a source that is a function', () => {
  it('is asked once a round, with the request, the number of the round and the name of the run', () => {
    const asked: [number, SourceContext][] = [];
    const source: Source = ({ messages }, context) => {
      asked.push([messages.length, context]);
      return of(...scripted(context.round));
    };
    const seen = observe(converse(source, ask(fakeTool('weather', () => 'sunny'))));
    expect(seen.end).toBe('complete');
    expect(asked.map(([length, { round }]) => [length, round])).toEqual([
      [1, 1],
      [3, 2],
    ]);
    const [first, second] = asked.map(([, { id }]) => id);
    expect(typeof first).toBe('string');
    expect(second).toBe(first);
  });

  marble('is asked again when a round is sent again, and left with the run', (helpers) => {
    const { reply, expectEvents, expectSubscriptions } = helpers;
    const one = reply(' s---o-t-#             ', { '#': busy });
    const two = reply('             s-o-t-t-t-');
    const oneSub = '   ^-------!              ';
    const twoSub = '   ------------^-----!    ';
    const unsub = '    ^-----------------!    ';
    const expected = ' (Bs)o-t-R---s-o-t-     ';

    let asked = 0;
    const source: Source = () => [one, two][asked++]!;
    expectEvents(converse(source, ask(), { retry: { minDelay: 4, random: () => 1 } }), unsub).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSub);
    expectSubscriptions(two.subscriptions).toBe(twoSub);
  });

  it('may emit `response` and `round_retry`, which get the number of its round', () => {
    const source: Source = (_, { round }) =>
      of(response, ...scripted(round).slice(0, 1), added.roundRetry(1, busy, 0), response, ...scripted(round));
    const seen = observe(converse(source, ask(fakeTool('weather', () => 'sunny'))));
    expect(seen.end).toBe('complete');
    expect(ofType(seen.values, 'response').map(({ round }) => round)).toEqual([1, 1, 2, 2]);
    expect(ofType(seen.values, 'round_retry')).toMatchObject([{ round: 1 }, { round: 2 }]);
  });
});

describe('a source that takes back what it said, such as one with a fallback model', () => {
  const begun: readonly SourceEvent[] = [
    claude.messageStart(),
    claude.toolUseStart('toolu_0', 'weather', 0),
    claude.inputJson('{"ci', 0),
  ];
  const falling: Source = (_, { round }) => of(...begun, added.roundRetry(1, busy, 0), ...scripted(round));

  it('goes on with what it says next', () => {
    const ran: unknown[] = [];
    const weather = fakeTool('weather', (input) => ran.push(input));
    const seen = observe(converse(falling, ask(weather)));
    expect(seen.end).toBe('complete');
    expect(ran).toHaveLength(1);
    expect(ofType(seen.values, 'tool_call').map(({ id }) => id)).toEqual(['toolu_1']);
    const [end] = ofType(seen.values, 'conversation_end');
    expect(JSON.stringify(end!.messages)).not.toContain('toolu_0');
  });

  it('has not used up a retry of the run', () => {
    let attempts = 0;
    const source: Source = () => {
      attempts++;
      const broken = new Error('busy');
      return concat(of(added.roundRetry(1, broken, 0)), of(...answer));
    };
    expect(observe(converse(source, ask(), { retry: false })).end).toBe('complete');
    expect(attempts).toBe(1);
  });
});

describe('what cannot come from a source', () => {
  const names: readonly RoundEvent['type'][] = [
    'tool_input',
    'tool_call',
    'approval_request',
    'approval_decision',
    'tool_start',
    'tool_progress',
    'tool_result',
    'round_start',
    'round_end',
    'conversation_end',
  ];

  it.each(names)('`%s`, for only the operators add it', (type) => {
    const forged = { type, id: 'toolu_1', name: 'weather', index: 0, round: 1 } as unknown as SourceEvent;
    const source: Source = () => of(...answer.slice(0, 2), forged, ...answer.slice(2));
    const seen = observe(converse(source, ask()));
    expect(seen.error).toMatchObject({ _tag: 'ProtocolError' });
    expect((seen.error as Error).message).toContain(`\`${type}\``);
    expect(seen.values.map((event) => event.type)).toEqual([
      'round_start',
      ...answer.slice(0, 2).map((event) => event.type),
      'conversation_end',
    ]);
  });

  it.each([undefined, null, 'a text', 7])('%p, which is not an event', (value) => {
    const seen = observe(converse(() => of(value as unknown as SourceEvent), ask()));
    expect(seen.error).toMatchObject({ _tag: 'ProtocolError' });
    expect(seen.values.at(-1)).toMatchObject({ type: 'conversation_end', reason: 'error' });
  });
});

describe('a source that fails', () => {
  const boom = new Error('boom');
  it.each<[string, Source]>([
    ['when it is called', () => failing(boom)],
    ['with no Observable', () => undefined as unknown as Observable<SourceEvent>],
  ])('%s ends the run with that error', (_when, source) => {
    const seen = observe(converse(source, ask()));
    expect(seen.error).toBeInstanceOf(Error);
    expect(seen.values.at(-1)).toMatchObject({ type: 'conversation_end', reason: 'error' });
  });
});

it.each([undefined, null, 'https://api.anthropic.com', {}, { messages: undefined }])('%p is not a source', (source) => {
  const holding = () => converse(source as unknown as Source, ask());
  expect(holding).toThrow(expect.objectContaining({ _tag: 'OptionError' }) as Error);
  expect(holding).toThrow(/client|function/);
});

function failing(error: Error): never {
  throw error;
}
