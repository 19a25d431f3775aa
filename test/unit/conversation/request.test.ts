/** What a conversation makes of the request that it begins with, and who may change what it sends. */
import { of } from 'rxjs';
import { resumeConversation } from 'rxclaude';
import type { ClaudeRequest, ConversationEndEvent, RoundContext, RoundRequest } from 'rxclaude';
import { call, fromClaude, result } from '../../support/events.js';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';
import { observe } from '../../../marbles/specs/support/observe.js';
import { tagged } from '../../support/errors.js';

const messages: ClaudeRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
const { s, k, a, w, e, m } = fromClaude;
const answer = [s, e, m];

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

/** Holds a conversation of two rounds and gives what was sent, and its end. */
function hold(request: ClaudeRequest) {
  const sent: RoundRequest[] = [];
  const round = (next: RoundRequest, { round: number }: RoundContext) => {
    sent.push(next);
    return number === 1 ? [s, k, a, call('k'), w, m, result('k', 'r')] : answer;
  };
  const seen = observe(of(request).pipe(resumeConversation(round)));
  return { sent, end: seen.values.at(-1) as ConversationEndEvent };
}

describe('the requests of a conversation', () => {
  it('are frozen to the last field, so that nobody who is shown them can change what is sent', () => {
    const { sent } = hold({ model: 'm', max_tokens: 1, messages, tools: [fakeTool('k', () => 'r')], metadata: {} });
    expect(sent).toHaveLength(2);
    expect(sent.map(isDeeplyFrozen)).toEqual([true, true]);
  });

  it('are made of a copy: the caller’s own stays as free as it was', () => {
    const mine = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hi' }] };
    hold(mine);
    expect(Object.isFrozen(mine)).toBe(false);
    mine.messages[0]!.content = 'Hello';
    mine.messages.pop();
    expect(mine.messages).toEqual([]);
  });

  it('leave messages that are frozen, in a list that may grow', () => {
    const { end } = hold({ model: 'm', max_tokens: 1, messages });
    expect(end.messages.every(isDeeplyFrozen)).toBe(true);
    end.messages.push({ role: 'user', content: 'And now?' });
    expect(end.messages).toHaveLength(4);
  });
});

describe('a request that cannot be sent', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;

  it.each<[string, object, string]>([
    ['has a cycle', { messages, metadata: cyclic }, 'request'],
    ['holds a BigInt', { messages, max_tokens: 5n }, 'request'],
    ['has no messages', {}, 'request.messages'],
    ['has messages that are no list', { messages: 'Hi' }, 'request.messages'],
  ])('because it %s, fails with an OptionError that says so', (_, fields, option) => {
    const request = { model: 'm', max_tokens: 1, ...fields } as unknown as ClaudeRequest;
    const round = jest.fn(() => answer);
    const { error } = observe(of(request).pipe(resumeConversation(round)));
    expect(error).toEqual(tagged('OptionError'));
    expect(error).toMatchObject({ option });
    expect(round).not.toHaveBeenCalled();
  });
});
