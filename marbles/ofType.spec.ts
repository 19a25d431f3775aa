import { ofType } from '../src/index.js';
import { marble } from './kit/session/marble.js';
import { claude, ours, result } from './support/alphabet.js';
import { frozen } from './support/frozen.js';

const values = frozen({ ...claude, ...ours, W: result('k', 'r'), X: result('l', 'r') });

marble('lets through the events of one type', ({ hot, expectObservable }) => {
  const source = hot(' -s-t-K-t-w-L-(m|)', values);
  const expected = '   -----K-----L-(|) ';

  expectObservable(source.pipe(ofType('tool_call'))).toBe(expected, values);
});

marble('lets through the events of several types, in order', ({ hot, expectObservable }) => {
  const source = hot(' -s-K-L-w-S-T-X-W-p-m-|', values);
  const expected = '   ---------S-T-X-W-p---|';

  expectObservable(source.pipe(ofType('tool_start', 'tool_result', 'ping'))).toBe(expected, values);
});

marble('is silent when nothing is of its types', ({ hot, expectObservable, expectSubscriptions }) => {
  const source = hot(' -s-u-v-y-p-m-|', values);
  const expected = '   -------------|';
  const subs = '       ^------------!';

  expectObservable(source.pipe(ofType('conversation_end'))).toBe(expected);
  expectSubscriptions(source.subscriptions).toBe(subs);
});

marble('lets go of the source when it is unsubscribed from', ({ hot, expectObservable, expectSubscriptions }) => {
  const source = hot(' -s-t-K-t-|', values);
  const unsub = '      ^---!     ';
  const expected = '   ---t-     ';

  expectObservable(source.pipe(ofType('content_block_delta')), unsub).toBe(expected, values);
  expectSubscriptions(source.subscriptions).toBe(unsub);
});
