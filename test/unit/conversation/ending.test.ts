/** Whatever fails while an end is made: the end comes all the same, and the failure after it. */
import { asIs } from 'rxclaude/history';
import type { HistoryKeeper, HistoryPolicy } from 'rxclaude/history';
import { concat, EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { resumeConversation } from 'rxclaude';
import type { ClaudeRequest, ResumeConversationOptions, RoundEvent } from 'rxclaude';
import { fromClaude, letterOf } from '../../support/events.js';
import { observe } from '../../../marbles/specs/support/observe.js';

const user = { role: 'user' as const, content: 'Hi' };
const q: ClaudeRequest = { model: 'claude-test', max_tokens: 100, messages: [user] };
const { s, o, t, c, e, m } = fromClaude;
const boom = new Error('boom');
const throwing = (): never => {
  throw boom;
};
/** A policy that throws in one place. */
const broken =
  (place: keyof HistoryKeeper): HistoryPolicy =>
  (tools) => ({ ...asIs(tools), [place]: throwing });

function hold(events$: Observable<RoundEvent>, options: ResumeConversationOptions = {}, request = q) {
  return observe(of(request).pipe(resumeConversation(() => events$, options)));
}

const whole = of<RoundEvent[]>(s, o, t, c, e, m);
const endless = concat(of<RoundEvent[]>(s, o, t), NEVER);
const lettersOf = ({ values }: { values: RoundEvent[] }): string => values.map(letterOf).join('');

describe('a history policy that throws', () => {
  it('when it is made, fails the conversation before its first request', () => {
    const seen = hold(whole, { history: throwing });
    expect(lettersOf(seen)).toBe('C');
    expect(seen.values[0]).toMatchObject({ reason: 'error', messages: [user], rounds: 0 });
    expect(seen).toMatchObject({ end: 'error', error: boom });
  });

  it('before a request, fails it there', () => {
    const seen = hold(whole, { history: broken('admit') });
    expect(lettersOf(seen)).toBe('C');
    expect(seen.values[0]).toMatchObject({ reason: 'error', messages: [user] });
    expect(seen).toMatchObject({ end: 'error', error: boom });
  });

  it('at the end, leaves the history as it is, and fails', () => {
    const seen = hold(whole, { history: broken('leave') });
    expect(lettersOf(seen)).toBe('BsotcemEC');
    const messages = [user, { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] }];
    expect(seen.values.at(-1)).toMatchObject({ reason: 'error', messages, rounds: 1 });
    expect(seen).toMatchObject({ end: 'error', error: boom });
  });

  it('at a Stop, does not keep it from ending', () => {
    const stop$ = new Subject<void>();
    const seen = hold(endless, { history: broken('leave'), stop$ });
    stop$.next();
    expect(lettersOf(seen)).toBe('BsotC');
    expect(seen).toMatchObject({ end: 'error', error: boom });
  });

  it('after a failure, leaves that failure the one that is told', () => {
    const first = new Error('first');
    const seen = hold(
      concat(
        of(s),
        throwError(() => first),
      ),
      { history: broken('leave') },
    );
    expect(lettersOf(seen)).toBe('BsC');
    expect(seen).toMatchObject({ end: 'error', error: first });
  });

  it('when the time is up, does not keep it from failing', () => {
    jest.useFakeTimers();
    const seen = hold(endless, { history: broken('leave'), deadline: { total: 10 } });
    jest.advanceTimersByTime(10);
    jest.useRealTimers();
    expect(lettersOf(seen)).toBe('BsotC');
    expect(seen).toMatchObject({ end: 'error', error: { _tag: 'TimeoutGuardError' } });
  });
});

describe('a bug on the way to an end', () => {
  it('in the teardown of a round is told after the end', () => {
    const stop$ = new Subject<void>();
    const leaving = new Observable<RoundEvent>((subscriber) => {
      [s, o, t].forEach((event) => {
        subscriber.next(event);
      });
      return throwing;
    });
    const seen = hold(leaving, { stop$ });
    stop$.next();
    expect(lettersOf(seen)).toBe('BsotC');
    expect(seen).toMatchObject({ end: 'error', error: { errors: [boom] } });
  });

  it('in a history that nobody can read is told after the end', () => {
    const seen = hold(EMPTY, { history: asIs }, { ...q, messages: [null as never] });
    expect(lettersOf(seen)).toBe('BC');
    expect(seen.values.at(-1)).toMatchObject({ reason: 'error', messages: [null] });
    expect(seen).toMatchObject({ end: 'error' });
  });
});
