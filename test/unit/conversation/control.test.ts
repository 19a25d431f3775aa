/** What a `round_start` lets those behind it ask of the conversation. */
import { concat, NEVER, of } from 'rxjs';
import { resumeConversation } from 'rxclaude';
import type { ClaudeRequest, RoundEvent, RoundStartEvent } from 'rxclaude';
import { fromClaude, letterOf } from '../../support/events.js';
import { frozen } from '../../../marbles/specs/support/frozen.js';
import { observe } from '../../../marbles/specs/support/observe.js';
import { protocolError } from '../../support/errors.js';

const q: ClaudeRequest = frozen({ model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] });
const { s, o, t, c, e, m } = fromClaude;

/** A conversation in the text of its only reply, or behind it. */
function hold(...more: RoundEvent[]) {
  const reply = more.length === 0 ? concat(of<RoundEvent[]>(s, o, t), NEVER) : of(s, o, t, ...more);
  const seen = observe(of(q).pipe(resumeConversation(() => reply)));
  const start = seen.values[0] as RoundStartEvent;
  return { seen, start, control: start.control! };
}

const lettersOf = (events: RoundEvent[]): string => events.map(letterOf).join('');

describe('the control of a conversation', () => {
  it('is there, and no part of the event for whoever writes or copies it', () => {
    const { start } = hold();
    expect(Object.keys(start)).toEqual(['type', 'round', 'request']);
    expect(JSON.stringify(start)).not.toContain('control');
    expect({ ...start }).not.toHaveProperty('control');
    expect(structuredClone({ ...start })).toEqual(start);
  });

  it('ends it with an error, behind its conversation_end', () => {
    const { seen, control } = hold();
    const error = protocolError('Enough.');
    control.fail(error);
    expect(lettersOf(seen.values)).toBe('BsotC');
    expect(seen.values.at(-1)).toMatchObject({ reason: 'error', rounds: 1 });
    expect(seen).toMatchObject({ end: 'error', error: { message: 'Enough.', round: 1 } });
    expect(seen.error).toBe(error);
  });

  it('does nothing to a conversation that is over', () => {
    const { seen, control } = hold(c, e, m);
    control.wrapUp(5);
    control.fail(new Error('too late'));
    expect(lettersOf(seen.values)).toBe('BsotcemEC');
    expect(seen).toMatchObject({ end: 'complete' });
  });

  it('may ask it to finish as often as one likes, and then to fail', () => {
    const { seen, control } = hold();
    control.wrapUp(5);
    control.wrapUp();
    expect(lettersOf(seen.values)).toBe('Bsot');
    control.fail('enough');
    control.fail('again');
    expect(lettersOf(seen.values)).toBe('BsotC');
    expect(seen).toMatchObject({ end: 'error', error: 'enough' });
  });
});
