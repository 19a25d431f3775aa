import { concatMap, ignoreElements, type MonoTypeOperatorFunction, Observable, timer } from 'rxjs';
import { converse, executeTools } from '../../src/index.js';
import type { ClaudeRequest, RoundEvent, Tool, ToolResultEvent } from '../../src/index.js';
import { added, type MarbleHelpers, runMarble } from '../../marbles/index.js';
import { messageOf } from './support/failureOf.js';

// Operators that are broken on purpose: each must be caught, and the message must show where.
//
// s message_start  o a text block starts  t text  c content_block_stop  w message_delta with stop_reason tool_use
// e message_delta with stop_reason end_turn  m message_stop  B round_start  K tool_call  S tool_start  P tool_progress
// W tool_result

const weather = added.toolCall('toolu_1', 'weather');
const time = added.toolCall('toolu_2', 'time');
const request: ClaudeRequest = {
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'How is the weather, and what time is it?' }],
};

type Operator = MonoTypeOperatorFunction<RoundEvent>;
const asItIs: Operator = (source) => source;

/** Gives the first two results in the wrong order. */
const swapResults: Operator = (source) =>
  new Observable((subscriber) => {
    let held: ToolResultEvent | undefined;
    return source.subscribe({
      next: (event) => {
        if (event.type !== 'tool_result') subscriber.next(event);
        else if (held === undefined) held = event;
        else {
          subscriber.next(event);
          subscriber.next(held);
        }
      },
      error: (error: unknown) => {
        subscriber.error(error);
      },
      complete: () => {
        subscriber.complete();
      },
    });
  });

/** Subscribes to its source 3 ms late. */
const startLate: Operator = (source) => timer(3).pipe(concatMap(() => source));

/** Goes on with its source when it is unsubscribed. */
const leak: Operator = (source) =>
  new Observable((subscriber) => {
    source.subscribe((event) => {
      subscriber.next(event);
    });
  });

/** The tool, whose work passes through an operator. */
function through(operator: Operator, tool: Tool): Tool {
  return { ...tool, run: (input, context) => operator(tool.run(input, context) as Observable<RoundEvent>) };
}

describe('results in the wrong order', () => {
  const byLetters = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { events, tool, expectEvents } = helpers;
    const source = events('-K-L-w-----m|   ', { K: weather, L: time });
    const tools = [tool('weather', '---(r|)'), tool('time', '-----(r|)')];
    const expected = '     -K-L-[wST]--W-Xm|';

    const values = { K: weather, L: time, S: { type: 'tool_start', name: 'weather' } };
    const results = { W: { type: 'tool_result', name: 'weather' }, X: { type: 'tool_result', name: 'time' } };
    const T = { type: 'tool_start', name: 'time' };
    expectEvents(source.pipe(executeTools(tools), operator)).toBe(expected, { ...values, ...results, T });
  };
  const byLanes = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { events, tool, expectEvents } = helpers;
    const source = events('-K-L-w----m|', { K: weather, L: time });
    const tools = [tool('weather', '--(r|)'), tool('time', '--(r|)')];
    const expected = `
      claude         w          m
      weather   K.....S====W
      time        K....S====W
      result   -K-K-[wSS]-[WW]--m|
    `;

    expectEvents(source.pipe(executeTools(tools), operator)).toBe(expected);
  };

  it('are not there without the broken operator', () => {
    runMarble(byLetters(asItIs));
    runMarble(byLanes(asItIs));
  });

  it('are caught by the letters of a test', () => {
    expect(messageOf(byLetters(swapResults))).toMatchInlineSnapshot(`
     "The events are not as expected. At 8 ms: \`W\` (tool_result, {"type":"tool_result","name":"weather"}) was expected, but \`X\` (tool_result of time (toolu_2)) came at 10 ms.

       ms        0  3 5      8 10  11
       expected  -K-L-[wST]--W-X   m|
       actual    -K-L-[wST]----[XW]m|
                             ^

       w message_delta with stop_reason tool_use  m message_stop
       K L S W X T as the test gives them"
    `);
  });

  it('are caught by the lanes of a picture, even within one moment', () => {
    expect(messageOf(byLanes(swapResults))).toMatchInlineSnapshot(`
     "The events are not as expected. At 7 ms: \`W\` (tool_result) was expected in the lane \`weather\`, but came in \`time\`.

       ms                0  3 5     7     10
       expected          -K-K-[wSS]-[WW]--m|
       actual            -K-K-[wSS]-[WW]--m|
                                     ^
       expected weather   K     S    W
       actual weather     K     S     W
       expected time        K    S    W
       actual time          K    S   W

       w message_delta with stop_reason tool_use  m message_stop  K tool_call  S tool_start  W tool_result"
    `);
  });
});

describe('a late start', () => {
  const ofEvents = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { reply, expectEvents } = helpers;
    const source = reply('-s-o-t-m|');
    const expected = '    -s-o-t-m|';

    expectEvents(source.pipe(operator)).toBe(expected);
  };
  const ofRequest = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { scriptClaude, expectRequests } = helpers;
    const client = scriptClaude('s-o-t-c-e-m|');
    const sent = '               ^----------|';

    operator(converse(client, request)).pipe(ignoreElements()).subscribe();
    expectRequests(client).toBe(sent);
  };
  const ofTool = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { events, tool, expectRuns } = helpers;
    const source = events('    -K-w-m|', { K: weather });
    const slow = tool('weather', '  --(r|)');
    const runs = '             ---^-|';

    source.pipe(operator, executeTools([slow])).subscribe();
    expectRuns(slow).toBe(runs);
  };

  it('is not there without the broken operator', () => {
    for (const test of [ofEvents, ofRequest, ofTool]) runMarble(test(asItIs));
  });

  it('is caught by the events', () => {
    expect(messageOf(ofEvents(startLate))).toMatchInlineSnapshot(`
     "The events are not as expected. \`s\` (message_start) was expected at 1 ms, but came at 4 ms.

       ms        0  3 5 7  10
       expected  -s-o-t-m|
       actual    ----s-o-t-m|
                  ^

       s message_start  o a text block starts  t text  m message_stop"
    `);
  });

  it('is caught by the request', () => {
    expect(messageOf(ofRequest(startLate))).toMatchInlineSnapshot(`
     "The requests are not as expected (^ begins, | completes, # fails, ! is cancelled):

       1  expected  ^----------|
          actual    ---^----------|   <- differs"
    `);
  });

  it('is caught by the run of a tool', () => {
    expect(messageOf(ofTool(startLate))).toMatchInlineSnapshot(`
     "The runs are not as expected (^ begins, | completes, # fails, ! is cancelled):

       1  expected  ---^-|
          actual    ------^-|   <- differs"
    `);
  });
});

describe('a leak after unsubscribing', () => {
  const unsub = '^-----!';
  const ofSource = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { reply, expectEvents, expectSubscriptions } = helpers;
    const source = reply('-s-o-t-t-t-m|');
    const expected = '    -s-o-t       ';

    expectEvents(source.pipe(operator), unsub).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(unsub);
  };
  const ofRequest = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { scriptClaude, expectEvents, expectRequests } = helpers;
    const client = scriptClaude('-s-o-t-t-t-c-e-m|');
    const expected = '           Bs-o-t            ';

    expectEvents(converse(client, request).pipe(operator), unsub).toBe(expected);
    expectRequests(client).toBe(unsub);
  };
  const ofTool = (operator: Operator) => (helpers: MarbleHelpers) => {
    const { events, tool, expectEvents, expectRuns } = helpers;
    const source = events('   -K-w-----m|', { K: weather });
    const endless = tool('weather', '-p-p-p-p-');
    const expected = '        -K-[wS]P-';
    const runs = '            ---^--!  ';

    expectEvents(source.pipe(executeTools([through(operator, endless)])), unsub).toBe(expected);
    expectRuns(endless).toBe(runs);
  };

  it('is not there without the broken operator', () => {
    for (const test of [ofSource, ofRequest, ofTool]) runMarble(test(asItIs));
  });

  it('is caught by the subscriptions of the source', () => {
    expect(messageOf(ofSource(leak))).toMatchInlineSnapshot(`
     "The subscriptions are not as expected (^ begins, | completes, # fails, ! is cancelled):

       1  expected  ^-----!
          actual    ^-----------!   <- differs"
    `);
  });

  it('is caught by the request', () => {
    expect(messageOf(ofRequest(leak))).toMatchInlineSnapshot(`
     "The requests are not as expected (^ begins, | completes, # fails, ! is cancelled):

       1  expected  ^-----!
          actual    ^---------------|   <- differs"
    `);
  });

  it('is caught by the run of a tool', () => {
    expect(messageOf(ofTool(leak))).toMatchInlineSnapshot(`
     "The runs are not as expected (^ begins, | completes, # fails, ! is cancelled):

       1  expected  ---^--!
          actual    ---^   <- differs"
    `);
  });
});
