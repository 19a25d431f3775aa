import { ofType } from '../../src/index.js';
import { added, claude, marble } from '../index.js';

// s message_start  t text  k a tool_use block starts  b another block starts
// n another piece of a block, such as a citation  w message_delta with stop_reason tool_use  m message_stop  p ping
// u an event of another type  K tool_call  S tool_start  W tool_result

const weather = added.toolCall('toolu_1', 'weather', { city: 'Oslo' });
const time = added.toolCall('toolu_2', 'time', { zone: 'Europe/Oslo' });

/** K, S and W are of the call to `weather`; L, T and Y are the same of the call to `time`. */
const values = {
  t: claude.text('Hi'),
  K: weather,
  L: time,
  S: added.toolStart(weather),
  T: added.toolStart(time),
  W: added.toolResult(weather, 'sunny'),
  Y: added.toolResult(time, '12:00'),
};

marble('lets through the events of one type', ({ events, expectEvents }) => {
  const source = events('-s-t-K-t-w-L-(m|)', values);
  const expected = '     -----K-----L-(|) ';

  expectEvents(source.pipe(ofType('tool_call'))).toBe(expected, values);
});

marble('lets through the events of several types, in order', ({ events, expectEvents }) => {
  const source = events('-s-K-L-w-S-T-Y-W-p-m-|', values);
  const expected = '     ---------S-T-Y-W-p---|';

  expectEvents(source.pipe(ofType('tool_start', 'tool_result', 'ping'))).toBe(expected, values);
});

marble('is silent when nothing is of its types', ({ reply, expectEvents, expectSubscriptions }) => {
  const source = reply('-s-u-n-b-p-m-|');
  const expected = '    -------------|';
  const subs = '        ^------------!';

  expectEvents(source.pipe(ofType('conversation_end'))).toBe(expected);
  expectSubscriptions(source.subscriptions).toBe(subs);
});

marble('unsubscribes from the source when its subscriber leaves', ({ events, expectEvents, expectSubscriptions }) => {
  const source = events('-s-t-K-t-|', values);
  const unsub = '        ^---!     ';
  const expected = '     ---t-     ';

  expectEvents(source.pipe(ofType('content_block_delta')), unsub).toBe(expected, values);
  expectSubscriptions(source.subscriptions).toBe(unsub);
});
