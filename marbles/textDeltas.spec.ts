import { textDeltas } from '../src/index.js';
import type { RoundEvent } from '../src/index.js';
import { text } from './kit/alphabet/claudeEvents.js';
import { marble } from './kit/session/marble.js';
import { begun, claude, ours, retried } from './support/alphabet.js';
import { frozen } from './support/frozen.js';
import { overloaded } from './support/overloaded.js';

const thought: RoundEvent = {
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'thinking_delta', thinking: 'Hm', estimated_tokens: 1 },
};
const events = frozen({
  ...claude,
  ...ours,
  d: text('Hel'),
  f: text('lo'),
  h: thought,
  B: begun(2),
  R: retried(1, overloaded(), 500),
});
// n is the mark that the text before it is void.
const texts = { d: 'Hel', f: 'lo', n: '\n' };

marble('emits the pieces of the text, as they arrive', ({ hot, expectObservable }) => {
  const source = hot(' -s-o-d-f-c-e-m-|', events);
  const expected = '   -----d-f-------|';

  expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
});

marble('leaves out thinking, inputs of tools and all that is ours', ({ hot, expectObservable }) => {
  const source = hot(' -s-h-d-k-i-K-S-v-u-p-f-w-m-|', events);
  const expected = '   -----d---------------f-----|';

  expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
});

marble('lets go of the source when it is unsubscribed from', ({ hot, expectObservable, expectSubscriptions }) => {
  const source = hot(' -s-o-d-f-c-|', events);
  const unsub = '      ^-----!     ';
  const expected = '   -----d-     ';

  expectObservable(source.pipe(textDeltas()), unsub).toBe(expected, texts);
  expectSubscriptions(source.subscriptions).toBe(unsub);
});

describe('when a round is tried again', () => {
  marble('marks the text before it as void, by a line break', ({ hot, expectObservable }) => {
    const source = hot(' -s-o-d-R-s-o-d-f-c-e-m-|', events);
    const expected = '   -----d-n-----d-f-------|';

    expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
  });

  marble('or by the `retryMark` that it is given', ({ hot, expectObservable }) => {
    const source = hot(' -s-o-d-R-s-o-d-f-c-e-m-|', events);
    const expected = '   -----d-n-----d-f-------|';

    const out = source.pipe(textDeltas({ retryMark: ' [again] ' }));
    expectObservable(out).toBe(expected, { ...texts, n: ' [again] ' });
  });

  marble('marks nothing where there was no text', ({ hot, expectObservable }) => {
    const source = hot(' -s-h-R-s-o-d-R-R-s-o-R-s-o-f-|', events);
    const expected = '   -----------d-n-------------f-|';

    expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
  });

  marble('does not mark the text of the round before it', ({ hot, expectObservable }) => {
    const source = hot(' -s-o-d-c-w-m-B-s-R-s-o-f-|', events);
    const expected = '   -----d-----------------f-|';

    expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
  });
});
