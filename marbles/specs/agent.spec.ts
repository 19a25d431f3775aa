import { converse } from '../../src/index.js';
import type { ClaudeRequest, ConverseOptions } from '../../src/index.js';
import { apiError, claude, marble } from '../index.js';

// A whole agent: four rounds, tools in parallel, a reply that stalls, one that breaks off, an approval, a tool that takes
// too long, and a stop.
//
// s message_start  o a text block starts  t text  k a tool_use block starts  i a piece of a tool's input
// c content_block_stop  w message_delta with stop_reason tool_use  m message_stop  B round_start  R round_retry
// E round_end  C conversation_end  I tool_input  K tool_call  A approval_request  D approval_decision  S tool_start
// P tool_progress  W tool_result  X tool_result with is_error

const question: ClaudeRequest = {
  model: 'claude-test',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Book me a table where it is dry.' }],
};
/** Waits 4 ms before a second attempt; gives up on a reply after 15 ms of silence, and on a tool after 40 ms. */
const options: ConverseOptions = {
  retry: { minDelay: 4, random: () => 1 },
  timeout: { each: 15 },
  tools: { timeout: 40 },
};

marble('an agent, from its first word to its last', (helpers) => {
  const { approval, cold, expectEvents, expectRequests, expectRuns, reply, scriptClaude, tool } = helpers;
  const client = scriptClaude(
    reply('s-o-t-t-c-k-l-(wm|)', {
      k: claude.toolUse('toolu_1', 'find_tables', { city: 'Oslo' }),
      l: claude.toolUse('toolu_2', 'get_weather', { city: 'Oslo' }),
    }),
    's-o-t-', // and then nothing more
    reply('s-o-t-c-k-(wm|)', { k: claude.toolUse('toolu_3', 'book', { table: 7 }) }),
    reply('s-o-#', { '#': apiError('overloaded_error') }),
    reply('s-o-t-c-k-(wm|)', { k: claude.toolUse('toolu_4', 'remind') }),
    's-o-t-t-t-t-t-t-t-',
  );
  const tools = {
    findTables: tool('find_tables', '--p---(r|)', { r: 'Table 7' }),
    getWeather: tool('get_weather', '---(r|)', { r: 'Dry' }),
    book: tool('book', '--(r|)', {}, { guard: approval('--------y') }),
    remind: tool('remind', '-'),
  };
  const stop$ = cold('140ms s');
  const expected = `
    ms           0    2 4 6 8 10      12      14     16  20     22       39  43  47  51      53      61   63     65
    claude         s--o-t-t-c--ki-c----ki-c----w--m          s--o-t------    s-o-t-c--ki-c----w-m             s--o-
    find_tables                  I K............S====P====W
    get_weather                          I K.....S====W
    book                                                                                I K............S===W
    book?                                                                                      A......D
    result       [Bs]-o-t-t-c-[kiIcK]-[kiIcK]-[wSSm]-PW--[WEBs]-o-t 14ms R---s-o-t-c-[kiIcK]-(wAm)---[DS]-[WEBs]-o-

    ms           67  71  75  79      81         121    123 127 131 135  140
    claude           s-o-t-c--ki-c----w-m           s--o-t-t-t-t-t-t-t---
    remind                      I K....S=========X
    result       R---s-o-t-c-[kiIcK]-(wSm) 35ms [XEBs]-o-t-t-t-t-t-t-t--(C|)
  `;

  const run$ = converse(client, { ...question, tools: Object.values(tools) }, { ...options, stop$ });
  expectEvents(run$).toBe(expected, { C: { type: 'conversation_end', reason: 'stopped', rounds: 4 } });
  expectRequests(client).toBe([
    '^-------------|',
    ' 20ms ^------------------!',
    ' 43ms ^---------|',
    ' 63ms ^---#',
    ' 71ms ^---------|',
    ' 121ms ^------------------!',
  ]);
  expectRuns(tools.findTables).toBe(' 14ms ^-----|');
  expectRuns(tools.getWeather).toBe('14ms ^--|');
  expectRuns(tools.book).toBe('      61ms ^-|');
  expectRuns(tools.remind).toBe('    81ms ^ 39ms !');
});
