/** Whatever happens in whatever order, the history that is left is one that the API takes. In virtual time. */
import fc from 'fast-check';
import { converse, type ClaudeClient, type ClaudeEvent, type RoundEvent, type Tool } from 'rxclaude';
import { checkHistory } from 'rxclaude/history';
import { concat, concatMap, delay, EMPTY, from, map, NEVER, of, throwError, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { fakeTool } from '../../marbles/specs/support/fakeTool.js';
import { overloaded } from '../../marbles/specs/support/overloaded.js';
import { reply, text, thinking, toolUse } from '../support/replies.js';
import { refuse } from '../support/strictRules/refuse.js';
import { times } from '../support/runs.js';

type Outcome = 'value' | 'nothing' | 'error' | 'never';

/** How one tool behaves. */
interface Script {
  readonly outcome: Outcome;
  readonly after: number;
  readonly idempotent: boolean;
}

/** One attempt at a round: which tools are called, and where the reply breaks off, if it does. */
interface Attempt {
  readonly calls: readonly number[];
  readonly breaksAt: number | undefined;
  readonly ends: string;
}

const script: fc.Arbitrary<Script> = fc.record({
  outcome: fc.constantFrom('value', 'nothing', 'error', 'never'),
  after: fc.nat(30),
  idempotent: fc.boolean(),
});
const attempt: fc.Arbitrary<Attempt> = fc.record({
  calls: fc.array(fc.nat(3), { maxLength: 4 }),
  breaksAt: fc.option(fc.nat(25), { nil: undefined }),
  ends: fc.constantFrom('tool_use', 'tool_use', 'end_turn', 'max_tokens', 'refusal', 'pause_turn'),
});

const NAMES = ['k', 'l', 'm', 'n'];

function run({ outcome, after }: Script): unknown {
  const later = timer(after);
  switch (outcome) {
    case 'value':
      return later.pipe(map(() => 'done'));
    case 'nothing':
      return later.pipe(concatMap(() => EMPTY));
    case 'error':
      return later.pipe(concatMap(() => throwError(() => new Error('No.'))));
    case 'never':
      return NEVER;
  }
}

/** The reply of an attempt, an event every millisecond. */
function replyOf({ calls, breaksAt, ends }: Attempt, number: number): Observable<ClaudeEvent> {
  const content = [
    thinking(['Hm.']),
    text(['One ', 'moment.']),
    ...calls.map((tool, at) => toolUse({ id: `toolu_${number}_${at}`, name: NAMES[tool]!, input: { at: tool } })),
  ];
  const events = reply({ id: `msg_${number}`, content, stop_reason: ends }) as ClaudeEvent[];
  const steady = from(events.slice(0, breaksAt)).pipe(concatMap((event) => of(event).pipe(delay(1))));
  return breaksAt === undefined || breaksAt >= events.length
    ? steady
    : concat(
        steady,
        throwError(() => overloaded()),
      );
}

const request = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
const accepts = (messages: readonly unknown[], tools: readonly Tool[]): string | undefined =>
  refuse(
    JSON.parse(
      JSON.stringify({
        ...request,
        stream: true,
        tools: tools.map(({ definition }) => definition),
        messages: [...messages, { role: 'user', content: 'And then?' }],
      }),
    ),
  );

it('any interleaving of tool outcomes, stops and failures leaves a valid history', () => {
  const whole = fc.record({
    scripts: fc.array(script, { minLength: 4, maxLength: 4 }),
    attempts: fc.array(attempt, { minLength: 1, maxLength: 4 }),
    stopAt: fc.option(fc.nat(120), { nil: undefined }),
    grace: fc.constantFrom(0, 5, 20),
    concurrency: fc.integer({ min: 1, max: 3 }),
    retries: fc.nat(2),
  });
  fc.assert(
    fc.property(whole, ({ scripts, attempts, stopAt, grace, concurrency, retries }) => {
      const tools = scripts.map((each, at) =>
        fakeTool(NAMES[at]!, () => run(each), { idempotent: each.idempotent, timeout: 40 }),
      );
      let asked = 0;
      const create = () => replyOf(attempts[asked++] ?? { calls: [], breaksAt: undefined, ends: 'end_turn' }, asked);
      const client: ClaudeClient = { messages: { create } };
      const events: RoundEvent[] = [];
      new TestScheduler(() => undefined).run(({ flush }) => {
        const stop$ = stopAt === undefined ? NEVER : timer(stopAt);
        const options = { stop$, grace, tools: { concurrency }, retry: { retries, minDelay: 4 } };
        converse(client, { ...request, tools }, options).subscribe({
          next: (event) => events.push(event),
          error: () => undefined,
        });
        flush();
      });
      const end = events.at(-1);
      if (end?.type !== 'conversation_end') throw new Error(`It ended with ${String(end?.type)}.`);
      expect(checkHistory(end.messages, tools)).toEqual([]);
      expect(accepts(end.messages, tools)).toBeUndefined();
      expect(events.filter(({ type }) => type === 'conversation_end')).toHaveLength(1);
    }),
    times(400),
  );
});
