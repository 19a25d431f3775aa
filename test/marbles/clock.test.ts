import { delay, of } from 'rxjs';
import {
  circuitBreaker,
  converse,
  createBreaker,
  executeTools,
  retryRound,
  snapshots,
  timeoutGuard,
} from '../../src/index.js';
import { added, apiError, claude, marble } from '../../marbles/index.js';
import { request } from './support/answering.js';

// Everything that is timed in rxclaude runs on the clock of the test, however long it takes.
//
// s message_start  o a text block starts  t text  w message_delta with stop_reason tool_use  m message_stop
// e message_delta with stop_reason end_turn  B round_start  R round_retry  E round_end  C conversation_end  K tool_call
// A approval_request  D approval_decision  S tool_start  X tool_result with is_error

const K = added.toolCall('toolu_1', 'wait');

describe('on the clock of a marble test', () => {
  marble('timeoutGuard', ({ reply, expectEvents }) => {
    const silent = reply('s-o-t-');
    expectEvents(silent.pipe(timeoutGuard({ each: 60_000 }))).toBe('s-o-t 59999ms #', { '#': { limit: 'each' } });
    expectEvents(silent.pipe(timeoutGuard({ total: 90_000 }))).toBe('s-o-t 89995ms #', { '#': { limit: 'total' } });
  });

  marble('the waits of retryRound, and of converse', ({ reply, scriptClaude, expectEvents }) => {
    const busy = reply('s-#');
    const policy = { retries: 1, minDelay: 8_000, random: () => 1 };
    expectEvents(busy.pipe(retryRound(policy))).toBe('s-R 7999ms s-#');
    const client = scriptClaude(
      apiError('rate_limit_error', { status: 429, headers: { 'retry-after': '30' } }),
      's-(em|)',
    );
    expectEvents(converse(client, request)).toBe('[BR] 29999ms s-(emEC|)', { R: { delay: 30_000 } });
  });

  marble('the time of a tool, and its grace', ({ events, cold, tool, expectEvents }) => {
    const source = events('-K-w-m|', { K });
    const waiting = [tool('wait', '-')];
    expectEvents(source.pipe(executeTools(waiting))).toBe('-K-[wS]-m 59997ms (X|)', { X: { duration: 60_000 } });
    const stop$ = cold('10s s');
    expectEvents(source.pipe(executeTools(waiting, { stop$, grace: 5_000 }))).toBe('-K-[wS]-m 14994ms (X|)');
  });

  marble('the time that an approval may take', ({ events, tool, approval, expectEvents }) => {
    const source = events('-K-w-m|', { K });
    const asked = tool('wait', '(r|)', {}, { guard: approval('-') });
    const out = source.pipe(executeTools([asked], { approvalTimeout: 3_600_000 }));
    expectEvents(out).toBe('-K-[wA]-m 3599997ms (DX|)', { D: { decision: 'expired' } });
  });

  marble('a breaker', ({ reply, expectEvents }) => {
    const breaker = createBreaker({ failures: 1, openFor: 30_000 });
    const guarded = (source: ReturnType<typeof reply>) => source.pipe(circuitBreaker(breaker));
    expectEvents(guarded(reply('-#'))).toBe('-#');
    expectEvents(guarded(reply('-t|')), '- 29999ms ^').toBe('- 29999ms #', { '#': { _tag: 'CircuitOpenError' } });
    expectEvents(guarded(reply('-t|')), '- 30s ^').toBe('- 30s -t|');
  });

  marble('snapshots, and whatever rxjs brings', ({ reply, expectObservable }) => {
    const growing = reply('s-o-t-t-t|', { t: claude.text('a') });
    const content = (words: string) => ({ content: [{ type: 'text', text: words }] });
    const values = { a: expect.anything() as unknown, z: expect.objectContaining(content('aaa')) as unknown };
    expectObservable(growing.pipe(snapshots({ every: 5 }))).toBe('a----a---(z|)', values);
    expectObservable(of('late').pipe(delay(86_400_000))).toBe('1440m (l|)', { l: 'late' });
  });
});
