import { asyncScheduler, NEVER, type Observable, of, Subject } from 'rxjs';
import { accumulateToolInput, checkHistory, executeTools, resumeConversation, retryRound } from '../src/index.js';
import type { ClaudeRequest, ConversationEndEvent, RoundEvent, Tool, ToolContext } from '../src/index.js';
import { inputDelta } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { claude } from './support/alphabet.js';
import { behind } from './support/behind.js';
import { fakeTool } from './support/fakeTool.js';
import { frozen } from './support/frozen.js';
import { inTurn } from './support/inTurn.js';
import { answered, answerTo, cutOff, said, text, unrun } from './support/messages.js';
import { overloaded } from './support/overloaded.js';
import { watchEnd } from './support/watchEnd.js';

// The conversation is stopped at x. B round_start, K L tool_call, S T tool_start, W X tool_result, R round_retry,
// E round_end, C conversation_end.
const values = frozen({ ...claude, i: inputDelta('{"n":1}') });
const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
const why = 'the conversation was stopped';
const callK = claude.k.content_block;
const callL = claude.l.content_block;

interface Setting {
  readonly stop$: Observable<unknown>;
  readonly grace: number;
  readonly tools?: Tool[];
  /** Whether the rounds hand `stopTools$` on. Default: true. */
  readonly wired?: false;
}

/** A conversation of these rounds, each of them as `converse` makes it, with a wait of 6 ms before another attempt. */
function hold({ stop$, grace, tools = [], wired }: Setting, ...rounds: Observable<RoundEvent>[]) {
  const retry = retryRound({ minDelay: 6, random: () => 1 });
  const conversation = resumeConversation(
    (_, number, { stopTools$ }) =>
      rounds[number - 1]!.pipe(
        accumulateToolInput(),
        retry,
        executeTools(tools, wired === false ? {} : { stop$: stopTools$, grace }),
      ),
    { stop$, grace },
  );
  return watchEnd(of(q).pipe(conversation));
}

/** What holds for whatever is left behind: the API takes it, with a new user message at its end. */
function expectStopped(end: ConversationEndEvent, ...added: object[]): void {
  expect(end).toMatchObject({ type: 'conversation_end', reason: 'stopped' });
  expect(end).not.toHaveProperty('error');
  expect(end.messages).toEqual([...q.messages, ...added]);
  expect(checkHistory([...end.messages, { role: 'user', content: 'And now?' }])).toEqual([]);
}

describe('stopped while Claude speaks', () => {
  marble('before the reply begins', ({ cold, hot, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' -------s---', values);
    const stop$ = hot('----x      ');
    const expected = ' B---(C|)   ';
    const oneSubs = '  ^---!      ';

    const { letters, end } = hold({ stop$, grace: 9 }, one);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    flush();
    expectStopped(end());
    expect(end()).toMatchObject({ message: undefined, rounds: 1 });
  });

  marble('in the text: it ends at once, and what there is stays', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const one = cold(' s---o-t-t---t--', values);
    const stop$ = hot('----------x    ');
    const expected = ' (Bs)o-t-t-(C|) ';
    const oneSubs = '  ^---------!    ';

    const { letters, end } = hold({ stop$, grace: 9 }, one);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    flush();
    expectStopped(end(), said(text('HiHi')));
    expect(end().message).toMatchObject({ stop_reason: null, content: [text('HiHi')] });
  });

  marble('in a call that is half written: the half is left out', ({ cold, hot, flush, expectObservable }) => {
    const one = cold(' s---o-t-c-k-i-----a-', values);
    const stop$ = hot('----------------x    ');
    const expected = ' (Bs)o-t-c-k-(iI)(C|)';

    const { letters, end } = hold({ stop$, grace: 9 }, one);
    expectObservable(letters).toBe(expected);
    flush();
    expectStopped(end(), said(text('Hi')));
  });

  marble('behind a call: it is answered, and not run', ({ cold, hot, flush, expectObservable }) => {
    const one = cold(' s---k-i---a-----w---m|', values);
    const stop$ = hot('--------------x       ');
    const expected = ' (Bs)k-(iI)(aK)(C|)    ';

    const { letters, end } = hold({ stop$, grace: 9 }, one);
    expectObservable(letters).toBe(expected);
    flush();
    expectStopped(end(), said({ ...callK, input: { n: 1 } }), answered(unrun('k', why)));
  });

  marble('with one early tool done and one not: both calls are answered truly', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const one = cold(' s---k-a-----l-b------w-', values);
    const k = cold('         -----(r|)        ');
    const l = cold('                 --------r');
    const stop$ = hot('-------------------x    ');
    const expected = ' (Bs)k-(aKS)Wl-(bLT)(C|) ';
    const lSubs = '    --------------^----!    ';

    const tools = [fakeTool('k', () => k, { idempotent: true }), fakeTool('l', () => l, { idempotent: true })];
    const { letters, end } = hold({ stop$, grace: 9, tools }, one);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(l.subscriptions).toBe(lSubs);
    flush();
    expectStopped(end(), said(callK, callL), answered(answerTo('k', 'r'), cutOff('l', why)));
  });
});

describe('stopped while tools run', () => {
  marble('their results in the time of grace count', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const one = cold(' s---k-a---w---m|         ', values);
    const k = cold('             ----------(r|)');
    const two = cold('                     s---- ', values);
    const stop$ = hot('----------------x         ');
    const expected = ' (Bs)k-(aK)(wS)m-----(WEC|)';

    const aborts: number[] = [];
    const run = (_: unknown, { signal }: ToolContext) => {
      signal.addEventListener('abort', () => aborts.push(asyncScheduler.now()));
      return k;
    };
    const { letters, end } = hold({ stop$, grace: 9, tools: [fakeTool('k', run)] }, one, two);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(two.subscriptions).toBe([]);
    flush();
    expectStopped(end(), said(callK), answered(answerTo('k', 'r')));
    expect(end()).toMatchObject({ rounds: 1, usage_estimated: false, message: { stop_reason: 'tool_use' } });
    expect(aborts).toEqual([16]);
  });

  marble('they are given up when that is over', ({ cold, hot, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---k-a---w---m|          ', values);
    const k = cold('             --------------r');
    const stop$ = hot('----------------x          ');
    const expected = ' (Bs)k-(aK)(wS)m------(WEC|)';
    const kSubs = '    ----------^----------!     ';

    const { letters, end } = hold({ stop$, grace: 5, tools: [fakeTool('k', () => k)] }, one);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expectStopped(end(), said(callK), answered(cutOff('k', why)));
  });

  marble('they are given up at once without grace', ({ cold, hot, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---k-a---w---m|          ', values);
    const k = cold('             --------------r');
    const stop$ = hot('----------------x          ');
    const expected = ' (Bs)k-(aK)(wS)m-(WEC|)     ';
    const kSubs = '    ----------^-----!          ';

    const { letters, end } = hold({ stop$, grace: 0, tools: [fakeTool('k', () => k)] }, one);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(k.subscriptions).toBe(kSubs);
    flush();
    expectStopped(end(), said(callK), answered(cutOff('k', why)));
  });

  marble('in a round that cannot be told: it is cut off, and what had come is kept', (helpers) => {
    const { cold, hot, flush, expectObservable, expectSubscriptions } = helpers;
    const one = cold(' s---k-a---l-b---w-------m|       ', values);
    const k = cold('                   ------(r|)       ');
    const l = cold('                   ---------------r ');
    const stop$ = hot('--------------------------x       ');
    const expected = ' (Bs)k-(aK)l-(bL)(wST)-W-m------(C|)';
    const lSubs = '    ----------------^--------------!  ';

    const tools = [fakeTool('k', () => k), fakeTool('l', () => l)];
    const { letters, end } = hold({ stop$, grace: 5, tools, wired: false }, one);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(l.subscriptions).toBe(lSubs);
    flush();
    expectStopped(end(), said(callK, callL), answered(answerTo('k', 'r'), cutOff('l', why)));
  });

  marble('and one of them fails the round: it is stopped all the same', ({ cold, hot, flush, expectObservable }) => {
    const one = cold(' s---k-a---w------#   ', values, 'boom');
    const stop$ = hot('---------------x     ');
    const expected = ' (Bs)k-(aK)(wS) 10ms (WC|)';

    const { letters, end } = hold({ stop$, grace: 9, tools: [fakeTool('k', () => NEVER)] }, one);
    expectObservable(letters).toBe(expected);
    flush();
    expectStopped(end(), said(callK), answered(cutOff('k', why)));
  });
});

describe('stopped when Claude has said all', () => {
  marble('waits for the end of the round', ({ cold, hot, flush, expectObservable }) => {
    const one = cold(' s---o-t-c-e---m|   ', values);
    const stop$ = hot('------------x       ');
    const expected = ' (Bs)o-t-c-e---m(EC|)';

    const { letters, end } = hold({ stop$, grace: 9 }, one);
    expectObservable(letters).toBe(expected);
    flush();
    expectStopped(end(), said(text('Hi')));
    expect(end()).toMatchObject({ message: { stop_reason: 'end_turn' }, usage_estimated: false });
  });

  marble('but not longer than the time of grace', ({ cold, hot, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---o-t-c-e---m-----', values);
    const stop$ = hot('------------x        ');
    const expected = ' (Bs)o-t-c-e---m--(C|)';
    const oneSubs = '  ^----------------!   ';

    const { letters, end } = hold({ stop$, grace: 5 }, one);
    expectObservable(letters).toBe(expected);
    expectSubscriptions(one.subscriptions).toBe(oneSubs);
    flush();
    expectStopped(end(), said(text('Hi')));
  });

  marble('sends nothing again, even when the response breaks in that time', (helpers) => {
    const { cold, hot, flush, expectSubscriptions } = helpers;
    const one = cold(' s---o-t-c-e---#          ', values, overloaded());
    const two = cold('                     s---o', values);
    const stop$ = hot('------------x             ');

    const { letters, end } = hold({ stop$, grace: 9 }, inTurn(one, two));
    letters.subscribe();
    expectSubscriptions(two.subscriptions).toBe([]);
    flush();
    expect(end()).toMatchObject({ reason: 'stopped' });
  });
});

describe('stopped where nothing is under way', () => {
  marble('between two rounds, at a round_end', ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---k-a---w----m|    ', values);
    const two = cold('                 s----', values);
    const expected = ' (Bs)k-(aK)(wSW)m(EC|)';

    const stop$ = new Subject<string>();
    const { letters, end } = hold({ stop$, grace: 9, tools: [fakeTool('k', () => 'r')] }, one, two);
    const stopAtEnd = behind((letter) => {
      if (letter === 'E') stop$.next('enough');
    });
    expectObservable(letters.pipe(stopAtEnd)).toBe(expected);
    expectSubscriptions(two.subscriptions).toBe([]);
    flush();
    expectStopped(end(), said(callK), answered(answerTo('k', 'r')));
    expect(end().rounds).toBe(1);
  });

  marble('between two rounds, at a round_start', ({ cold, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---k-a---w----m|     ', values);
    const two = cold('                 s-----', values);
    const expected = ' (Bs)k-(aK)(wSW)m(EBC|)';

    const stop$ = new Subject<string>();
    let starts = 0;
    const { letters, end } = hold({ stop$, grace: 9, tools: [fakeTool('k', () => 'r')] }, one, two);
    const stopAtStart = behind((letter) => {
      if (letter === 'B' && ++starts === 2) stop$.next('enough');
    });
    expectObservable(letters.pipe(stopAtStart)).toBe(expected);
    expectSubscriptions(two.subscriptions).toBe([]);
    flush();
    expectStopped(end(), said(callK), answered(answerTo('k', 'r')));
    expect(end()).toMatchObject({ rounds: 2, usage_estimated: false });
  });

  marble('in the wait before another attempt', ({ cold, hot, flush, expectObservable, expectSubscriptions }) => {
    const one = cold(' s---o-t-#        ', values, overloaded());
    const two = cold('               s--', values);
    const stop$ = hot('-----------x      ');
    const expected = ' (Bs)o-t-R--(C|)  ';

    const { letters, end } = hold({ stop$, grace: 9 }, inTurn(one, two));
    expectObservable(letters).toBe(expected);
    expectSubscriptions(two.subscriptions).toBe([]);
    flush();
    expectStopped(end());
  });
});
