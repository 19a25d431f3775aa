/** What a conversation says that it has cost, also where replies broke off. */
import { concat, NEVER, of, Subject, throwError, type Observable } from 'rxjs';
import { accumulateToolInput, resumeConversation } from 'rxclaude';
import type { ClaudeRequest, ConversationEndEvent, RoundContext, RoundEvent } from 'rxclaude';
import { claude } from '../../../marbles/index.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';
import { observe } from '../../../marbles/specs/support/observe.js';
import { overloaded, refused } from '../../../marbles/specs/support/overloaded.js';
import { result, retried } from '../../support/events.js';
import { circuitOpenError } from '../../support/errors.js';

const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });

/** A reply begins with 10 tokens in and 1 out. */
const start = claude.messageStart();
const hundred: RoundEvent[] = [start, claude.textStart(0), claude.text('x'.repeat(100), 0)];
const whole: RoundEvent[] = [...hundred, claude.contentBlockStop(0), claude.stop('end_turn', 40), claude.messageStop()];
const calling: RoundEvent[] = [
  start,
  claude.toolUseStart('toolu_k', 'k', 0),
  claude.contentBlockStop(0),
  claude.stop('tool_use', 7),
  claude.messageStop(),
  result('k', 'r'),
];

/** Stops a conversation behind the events of its rounds, the last of which goes on and on. */
function stopBehind(...rounds: RoundEvent[][]): ConversationEndEvent {
  const stop$ = new Subject<void>();
  const last = concat(of(...rounds.at(-1)!), NEVER);
  const round = (_: unknown, { round: number }: RoundContext) => (number < rounds.length ? rounds[number - 1]! : last);
  return endOf(round, stop$);
}

function endOf(
  round: (request: unknown, context: RoundContext) => RoundEvent[] | Observable<RoundEvent>,
  stop$ = new Subject<void>(),
) {
  const toRound = (request: unknown, context: RoundContext) => {
    const events = round(request, context);
    return (Array.isArray(events) ? of(...events) : events).pipe(accumulateToolInput());
  };
  const seen = observe(of(q).pipe(resumeConversation(toRound, { stop$, grace: 0 })));
  stop$.next();
  return seen.values.at(-1) as ConversationEndEvent;
}

const tokens = ({ usage, usage_estimated }: ConversationEndEvent) => [
  usage.input_tokens,
  usage.output_tokens,
  usage_estimated,
];

describe('the usage of a reply that broke off', () => {
  const thinking = { type: 'thinking_delta' as const, thinking: 'y'.repeat(40), estimated_tokens: 1 };

  it.each<[string, RoundEvent[], [number, number]]>([
    ['nothing', [start], [10, 1]],
    [
      'three characters, which are no more than it had told',
      [start, claude.textStart(0), claude.text('xyz', 0)],
      [10, 1],
    ],
    ['five characters', [start, claude.textStart(0), claude.text('xxxxx', 0)], [10, 2]],
    ['a hundred characters', hundred, [10, 25]],
    [
      'a thought and an input',
      [
        start,
        claude.contentBlockStart({ type: 'thinking', thinking: '', signature: '' }, 0),
        { type: 'content_block_delta', index: 0, delta: thinking },
        claude.contentBlockStop(0),
        claude.toolUseStart('toolu_k', 'k', 1),
        claude.inputJson(`{"text":"${'z'.repeat(29)}"}`, 1),
      ],
      [10, 20],
    ],
  ])('is estimated from its characters: %s', (_, events, [input, output]) => {
    expect(tokens(stopBehind(events))).toEqual([input, output, true]);
  });

  it('is the one that it told, where it had', () => {
    expect(tokens(stopBehind([...hundred, claude.contentBlockStop(0), claude.stop('end_turn', 40)]))).toEqual([
      10,
      40,
      false,
    ]);
  });

  it('is not known where it had not begun', () => {
    expect(tokens(stopBehind([]))).toEqual([0, 0, true]);
  });

  it('is added to that of the rounds before it', () => {
    expect(tokens(stopBehind(calling, hundred))).toEqual([20, 7 + 25, true]);
    expect(tokens(stopBehind(calling, calling.slice(0, -1)))).toEqual([20, 14, false]);
  });
});

describe('the usage of attempts that failed', () => {
  it('is counted, with an estimate where the reply broke off', () => {
    const again = [...hundred, retried(1, overloaded(), 1), ...hundred, retried(2, overloaded(), 1), ...whole];
    expect(tokens(endOf(() => again))).toEqual([30, 25 + 25 + 40, true]);
  });

  it('is counted as told, where the reply had told it', () => {
    const told = [...hundred, claude.contentBlockStop(0), claude.stop('end_turn', 40)];
    expect(tokens(endOf(() => [...told, retried(1, overloaded(), 1), ...whole]))).toEqual([20, 80, false]);
  });

  it('is nothing, and known, where the API refused the request', () => {
    expect(tokens(endOf(() => [retried(1, refused(529), 1), ...whole]))).toEqual([10, 40, false]);
  });

  it('is not known where nothing had come and nobody had refused', () => {
    expect(tokens(endOf(() => [retried(1, overloaded(), 1), ...whole]))).toEqual([10, 40, true]);
  });

  it('is known to the end in the wait behind a refusal, for no request is under way', () => {
    expect(tokens(stopBehind([retried(1, refused(529), 1)]))).toEqual([0, 0, false]);
  });
});

describe('the usage of a conversation that fails', () => {
  const failing = (error: unknown, ...events: RoundEvent[]) =>
    tokens(
      endOf(() =>
        concat(
          of(...events),
          throwError(() => error),
        ),
      ),
    );

  it('is nothing, and known, where the API refused its only request', () => {
    expect(failing(refused(400))).toEqual([0, 0, false]);
  });

  it('is nothing, and known, where nothing was sent', () => {
    expect(failing(circuitOpenError(5, 5))).toEqual([0, 0, false]);
  });

  it('is estimated where the reply broke off', () => {
    expect(failing(overloaded(), ...hundred)).toEqual([10, 25, true]);
    expect(failing(overloaded())).toEqual([0, 0, true]);
  });
});
