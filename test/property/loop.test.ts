/** Whatever happens to a conversation, in whatever order, even inside its own events: it has one end and a valid history. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toErrorFacts, type ConversationEndEvent, type RoundEvent } from 'rxclaude';
import { checkHistory } from 'rxclaude/history';
import { config } from 'rxjs';
import { refuse } from '../support/strictRules/refuse.js';
import { anyScript, leavingScript, stoppingScript, TOTAL, wrapUpScript, type Script } from './support/loopScript.js';
import { play, request, tools, type Log } from './support/playLoop.js';
import { share, times } from '../support/runs.js';

const unhandled: unknown[] = [];

beforeEach(() => {
  jest.useFakeTimers();
  config.onUnhandledError = (error) => unhandled.push(error);
});
afterEach(() => {
  config.onUnhandledError = null;
  jest.useRealTimers();
});

function run(script: Script): Log {
  unhandled.length = 0;
  const log = play(script);
  jest.runAllTicks();
  return log;
}

type Law = (log: Log, script: Script) => void;

/** Plays scripts, and tells which law the first one breaks. */
function always(scripts: fc.Arbitrary<Script>, laws: Readonly<Record<string, Law>>, numRuns: number): void {
  const property = fc.property(scripts, (script) => {
    jest.clearAllTimers();
    const log = run(script);
    for (const [name, law] of Object.entries(laws)) {
      try {
        law(log, script);
      } catch (cause) {
        throw new Error(`Not so: ${name}.`, { cause });
      }
    }
  });
  fc.assert(property, times(numRuns));
}

/** What begins and ends. */
const LETTERS: Readonly<Record<string, string>> = { round_start: 'B', round_end: 'E', conversation_end: 'C' };

const typesOf = (events: readonly RoundEvent[]): string[] => events.map(({ type }) => type);
const refusalOf = (messages: readonly unknown[]): string | undefined =>
  refuse(JSON.parse(JSON.stringify({ ...request, stream: true, messages })));
const endOf = ({ events }: Log): ConversationEndEvent => {
  const end = events.at(-1);
  if (end?.type !== 'conversation_end') throw new Error(`The last event is ${String(end?.type)}.`);
  return end;
};
const restarts = ({ acts, reactions }: Script): boolean =>
  [...acts, ...reactions.map(({ act }) => act)].some((act) => act.do === 'restart');

const ofTheEnd: Readonly<Record<string, Law>> = {
  'it has one end, before its deadline, and then completes or fails'(log, { historyThrows }) {
    const { reason, error } = endOf(log);
    if (historyThrows) assert.equal(reason, 'error');
    assert.equal(typesOf(log.events).filter((type) => type === 'conversation_end').length, 1);
    assert.deepEqual(log.late, []);
    assert.equal(log.end, reason === 'error' ? 'error' : 'complete');
    if (log.end === 'error') assert.deepEqual(error, toErrorFacts(log.error));
    assert.ok(log.times.at(-1)! <= TOTAL);
  },
  'it leaves a history that can be sent again'(log) {
    const { messages } = endOf(log);
    assert.deepEqual(checkHistory(messages, tools), []);
    assert.equal(refusalOf([...messages, { role: 'user', content: 'And then?' }]), undefined);
  },
  'once it is stopped, that is its end, within the time of grace and without another attempt'(
    log,
    { grace, historyThrows },
  ) {
    if (log.stoppedAt === undefined) return;
    assert.equal(endOf(log).reason, historyThrows ? 'error' : 'stopped');
    assert.ok(log.times.at(-1)! - log.stoppedAt <= grace);
    assert.ok(!typesOf(log.events.slice(log.stoppedAfter)).includes('round_retry'));
  },
  'stopped inside an event while Claude speaks, it ends with that event'({ events, stoppedWithin }) {
    if (stoppedWithin !== undefined) assert.deepEqual(typesOf(events.slice(stoppedWithin)), ['conversation_end']);
  },
  'nothing is told of a round that has told what cannot be'({ events, brokenAt }) {
    if (brokenAt !== undefined) assert.deepEqual(typesOf(events.slice(brokenAt)), ['conversation_end']);
  },
};

const ofItsRounds: Readonly<Record<string, Law>> = {
  'each round begins after the end of the one before'(log, { maxRounds }) {
    const letters = typesOf(log.events).map((type) => LETTERS[type] ?? '');
    const starts = letters.filter((letter) => letter === 'B').length;
    assert.match(letters.join(''), /^(BE)*(B?)C$/);
    assert.equal(endOf(log).rounds, starts);
    assert.ok(starts <= maxRounds);
    assert.ok(log.requests.length <= starts);
    assert.ok(log.most <= 1);
  },
  'it sends only what the API takes, each time what it sent before and more'({ requests }) {
    for (const [at, { messages }] of requests.entries()) {
      // After a pause, Claude's own reply is the last message.
      if (messages.at(-1)?.role === 'user') assert.equal(refusalOf(messages), undefined);
      const before = requests[at - 1]?.messages ?? [];
      assert.equal(JSON.stringify(messages.slice(0, before.length)), JSON.stringify(before));
    }
  },
  'it counts each reply once, those that were taken back included'(log, script) {
    if (restarts(script)) return;
    const replies = typesOf(log.events).filter((type) => type === 'message_start').length;
    assert.equal(endOf(log).usage.input_tokens, 100 * replies);
  },
  'it keeps no timer of a round that is over'({ events, times, timers }, { wrapUp }) {
    for (const [at, { type }] of events.entries()) {
      if (type !== 'round_start' && type !== 'round_end') continue;
      // The deadline is for the whole conversation.
      const waits = wrapUp !== undefined && times[at]! <= TOTAL - wrapUp;
      assert.ok(timers[at]! <= (waits ? 2 : 1));
    }
  },
};

const ofItsLastRound: Readonly<Record<string, Law>> = {
  'tools are told to stop when the time gets short, in the round that runs and in the last one'(log, { wrapUp = 0 }) {
    const shortAt = TOTAL - wrapUp;
    const begun = log.events.flatMap((event, at) =>
      event.type === 'round_start' && log.times[at]! >= shortAt ? [event.round] : [],
    );
    for (const round of begun) {
      if (round <= log.requests.length)
        assert.notDeepEqual(
          log.stops.filter((stop) => stop.round === round),
          [],
        );
    }
    if (endOf(log).reason !== 'stopped') for (const { at } of log.stops) assert.ok(at >= shortAt);
  },
  'a round is cut short when its tools have had their time of grace, in each attempt'(log, { grace, wrapUp = 0 }) {
    const { events, times } = log;
    if (endOf(log).reason === 'stopped') return;
    let open = new Set<string>();
    let cutAt = Infinity;
    let whole = false;
    for (const [at, event] of events.entries()) {
      const now = times[at]!;
      assert.ok(open.size === 0 || now <= cutAt);
      if (event.type === 'round_start' || event.type === 'round_retry' || event.type === 'message_start') {
        open = new Set();
        cutAt = Infinity;
        whole = false;
      } else if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
        open.add(event.content_block.id);
      } else if (event.type === 'tool_result') open.delete(event.id);
      else if (event.type === 'message_stop') whole = true;
      else if (event.type === 'message_delta' && event.delta.stop_reason === 'tool_use') {
        cutAt = Math.max(now, TOTAL - wrapUp) + Math.min(grace, wrapUp / 2);
      } else if (event.type === 'round_end' && event.message.stop_reason === 'tool_use') {
        assert.ok(whole || (open.size > 0 && now === cutAt));
        open = new Set();
      }
    }
  },
  'one round may follow, in which Claude can call nothing, and that is the end'(log, { wrapUp = 0 }) {
    const { events, times, stoppedAt = Infinity } = log;
    const shortAt = TOTAL - wrapUp;
    const last = events.flatMap((event, at) => (event.type === 'round_start' && times[at]! >= shortAt ? [event] : []));
    assert.ok(last.length <= 1);
    if (last[0] === undefined || stoppedAt <= shortAt) return;
    assert.deepEqual(last[0].request.tool_choice, { type: 'none' });
    const whole = events.findLast(({ type }) => type === 'round_end');
    if (whole?.type !== 'round_end' || whole.round !== events.filter(({ type }) => type === 'round_start').length)
      return;
    if (log.end === 'error' || endOf(log).reason === 'stopped') return;
    const { stop_reason } = whole.message;
    const wouldGoOn = stop_reason === 'pause_turn' || (stop_reason === 'tool_use' && whole.results.length > 0);
    assert.equal(endOf(log).reason, wouldGoOn || stop_reason === 'end_turn' ? 'wrap_up' : 'finished');
    assert.equal(endOf(log).stop_reason, stop_reason);
  },
};

const leavesNothingBehind: Law = (log) => {
  assert.deepEqual([log.open, log.listening], [0, false]);
  assert.equal(jest.getTimerCount(), 0);
  assert.deepEqual(unhandled, []);
};

describe('a conversation keeps its laws', () => {
  it('whatever happens to it, in whatever order', () => {
    always(anyScript, { ...ofTheEnd, ...ofItsRounds, leavesNothingBehind }, 300);
  });

  it('when the time gets short', () => {
    let wrapped = 0;
    const counts: Law = ({ events }) => {
      const end = events.at(-1);
      if (end?.type === 'conversation_end' && end.reason === 'wrap_up') wrapped++;
    };
    always(wrapUpScript, { ...ofTheEnd, ...ofItsRounds, ...ofItsLastRound, leavesNothingBehind, counts }, 200);
    expect(wrapped).toBeGreaterThan(share(10));
  });

  it('when its listener leaves', () => {
    const saysNoMore: Law = (log) => {
      if (log.end === 'left') assert.deepEqual(log.late, []);
      else endOf(log);
    };
    always(leavingScript, { saysNoMore, leavesNothingBehind }, 200);
  });

  // Today a listener that stops the conversation inside an event makes the others lose that event: they get
  // `conversation_end` in its place. Until the loop runs each event to completion, whoever shares a conversation stops it
  // only after the event has reached all.
  it.failing('when many listen, all see the same, in the same order', () => {
    const oneOrder: Law = ({ events, second }) => {
      // The second listener comes later, and misses what came at once.
      assert.deepEqual(typesOf(second), second.length === 0 ? [] : typesOf(events).slice(-second.length));
    };
    always(stoppingScript, { oneOrder }, 200);
  });
});
