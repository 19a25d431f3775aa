import { textDeltas } from '../src/index.js';
import type { RoundEvent } from '../src/index.js';
import { textDelta } from './kit/claudeEvents.js';
import { marble } from './kit/marble.js';
import { claude, ours } from './support/alphabet.js';
import { frozen } from './support/frozen.js';

const thought: RoundEvent = {
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'thinking_delta', thinking: 'Hm', estimated_tokens: 1 },
};
const events = frozen({
  ...claude,
  ...ours,
  d: textDelta('Hel'),
  f: textDelta('lo'),
  h: thought,
});
const text = { d: 'Hel', f: 'lo' };

marble('emits the pieces of the text, as they arrive', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-d-f-c-e-m-|', events);
  const expected = '   -----d-f-------|';

  expectObservable(source.pipe(textDeltas())).toBe(expected, text);
});

marble('leaves out thinking, inputs of tools and all that is ours', ({ hot, expectObservable }) => {
  const source = hot(' -s-h-d-k-i-K-S-v-u-p-f-w-m-|', events);
  const expected = '   -----d---------------f-----|';

  expectObservable(source.pipe(textDeltas())).toBe(expected, text);
});

marble('lets go of the source when it is unsubscribed from', ({ hot, expectObservable, expectSubscriptions }) => {
  const source = hot(' -s-o-d-f-c-|', events);
  const unsub = '      ^-----!     ';
  const expected = '   -----d-     ';

  expectObservable(source.pipe(textDeltas()), unsub).toBe(expected, text);
  expectSubscriptions(source.subscriptions).toBe(unsub);
});
