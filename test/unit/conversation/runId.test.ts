/** The name of a run, which makes the keys of its calls. */
import { converse, resumeConversation } from 'rxclaude';
import type { ClaudeRequest, ConverseOptions, RoundContext, RoundEvent } from 'rxclaude';
import { from, of } from 'rxjs';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';
import { observe } from '../../../marbles/specs/support/observe.js';
import { tagged } from '../../support/errors.js';
import { call, fromClaude, result } from '../../support/events.js';
import { fakeClient } from '../../support/fakeClient.js';

const q: ClaudeRequest = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const { s, o, t, c, e, m, k, a, w } = fromClaude;
const calling: RoundEvent[] = [s, k, a, call('k'), w, m, result('k', 'r')];
const answer = [s, o, t, c, e, m];

/** What the rounds of these requests are told. */
function told(requests: ClaudeRequest[], id?: string): (readonly [string, number])[] {
  const contexts: (readonly [string, number])[] = [];
  const toRound = (_: unknown, { id, round }: RoundContext): RoundEvent[] => {
    contexts.push([id, round]);
    return round === 1 ? calling : answer;
  };
  observe(of(...requests).pipe(resumeConversation(toRound, id === undefined ? {} : { id })));
  return contexts;
}

describe('the id of a run', () => {
  it('reaches each round, with the number of the round', () => {
    expect(told([q], 'run')).toEqual([
      ['run', 1],
      ['run', 2],
    ]);
  });

  it('is another one for each conversation of a source', () => {
    expect(told([q, q, q], 'run').map(([id]) => id)).toEqual(['run', 'run', 'run-2', 'run-2', 'run-3', 'run-3']);
  });

  it('is a random one by default, the same for all rounds and another for each conversation', () => {
    const ids = told([q, q]).map(([id]) => id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(['', 5, null, {}])('cannot be %p', (id) => {
    const refused = () => resumeConversation(() => answer, { id: id as string });
    expect(refused).toThrow(tagged('OptionError'));
    expect(refused).toThrow('resumeConversation.id');
  });
});

describe('converse', () => {
  const keysOf = (options: ConverseOptions): string[] => {
    const keys: string[] = [];
    const tool = fakeTool('k', (_, { idempotencyKey }) => {
      keys.push(idempotencyKey);
      return 'r';
    });
    const reply = [s, k, a, w, m];
    const client = fakeClient(from(reply), from(reply), from(answer));
    observe(converse(client, { ...q, tools: [tool] }, options));
    return keys;
  };

  it('makes the keys of its calls from it', () => {
    expect(keysOf({ id: 'run' })).toEqual(['run-r1-c0', 'run-r2-c0']);
  });

  it('makes others in each run, unless it is told', () => {
    const keys = [...keysOf({}), ...keysOf({})];
    expect(new Set(keys).size).toBe(4);
  });
});
