import { textDeltas } from '../../src/index.js';
import { added, apiError, claude, inTurn, marble } from '../index.js';

// s message_start  o a text block starts  t text  h a thinking block starts  g thinking
// f signature of a thinking block  k a tool_use block starts  i a piece of a tool's input  b another block starts
// n another piece of a block, such as a citation  c content_block_stop  w message_delta with stop_reason tool_use
// e message_delta with stop_reason end_turn  m message_stop  p ping  u an event of another type  B round_start
// R round_retry  K tool_call  S tool_start

/** What a reply says. */
const t = inTurn(claude.text('Hel', 0), claude.text('lo', 0));
/** What comes out: 1 and 2 are pieces of text, and / is the mark that the text before it is void. */
const texts = { 1: 'Hel', 2: 'lo', '/': '\n' };

marble('emits the pieces of the text, as they arrive', ({ reply, expectObservable }) => {
  const source = reply('-s-o-t-t-c-e-m-|', { t });
  const expected = '    -----1-2-------|';

  expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
});

marble('leaves out thinking, inputs of tools and the events of rxclaude', ({ events, expectObservable }) => {
  const call = added.toolCall('toolu_1', 'weather');
  const source = events('-s-h-g-f-c-o-t-c-k-i-c-K-S-b-n-u-p-o-t-c-w-m-|', { t, K: call, S: added.toolStart(call) });
  const expected = '     -------------1-----------------------2-------|';

  expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
});

marble(
  'unsubscribes from the source when its subscriber leaves',
  ({ reply, expectObservable, expectSubscriptions }) => {
    const source = reply('-s-o-t-t-c-|', { t });
    const unsub = '       ^-----!     ';
    const expected = '    -----1-     ';

    expectObservable(source.pipe(textDeltas()), unsub).toBe(expected, texts);
    expectSubscriptions(source.subscriptions).toBe(unsub);
  },
);

describe('when a round is tried again', () => {
  const R = added.roundRetry(1, apiError(), 500);
  /** The first attempt says "Hel", the second one "Hello". */
  const twoAttempts = { t: inTurn(claude.text('Hel', 0), claude.text('Hel', 0), claude.text('lo', 0)), R };

  marble('marks the text before it as void, by a line break', ({ events, expectObservable }) => {
    const source = events('-s-o-t-R-s-o-t-t-c-e-m-|', twoAttempts);
    const expected = '     -----1-/-----1-2-------|';

    expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
  });

  marble('or by the `retryMark` that it is given', ({ events, expectObservable }) => {
    const source = events('-s-o-t-R-s-o-t-t-c-e-m-|', twoAttempts);
    const expected = '     -----1-/-----1-2-------|';

    const out = source.pipe(textDeltas({ retryMark: ' [again] ' }));
    expectObservable(out).toBe(expected, { ...texts, '/': ' [again] ' });
  });

  marble('marks nothing when there was no text', ({ events, expectObservable }) => {
    const source = events('-s-h-g-R-s-o-t-R-R-s-o-R-s-o-t-|', { t, R });
    const expected = '     -------------1-/-------------2-|';

    expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
  });

  marble('does not mark the text of the round before it', ({ events, expectObservable }) => {
    const source = events('-s-o-t-c-w-m-B-s-R-s-o-t-|', { t, B: added.roundStart(2), R });
    const expected = '     -----1-----------------2-|';

    expectObservable(source.pipe(textDeltas())).toBe(expected, texts);
  });
});
