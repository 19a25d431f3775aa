import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { accumulateMessage, type ClaudeMessage, type RoundEvent } from 'rxclaude';
import { reply, text, toolUse } from '../../support/replies.js';
import { messageDelta, messageStart, wire } from './wire.js';
import { tagged } from '../../support/errors.js';

const messages = async (...events: object[]): Promise<ClaudeMessage[]> =>
  lastValueFrom(from(wire(...events)).pipe(accumulateMessage(), toArray()));

describe('accumulateMessage', () => {
  it('emits a message whenever an event changed it, the last one whole', async () => {
    const seen = await messages(
      ...reply({ content: [text(['a', 'b']), toolUse({ id: 't', name: 'add', input: { a: 1 }, pieceSize: 3 })] }),
    );
    expect(seen.map(({ content }) => content)).toEqual([
      [],
      [{ type: 'text', text: '' }],
      [{ type: 'text', text: 'a' }],
      [{ type: 'text', text: 'ab' }],
      [
        { type: 'text', text: 'ab' },
        { type: 'tool_use', id: 't', name: 'add', input: {} },
      ],
      [
        { type: 'text', text: 'ab' },
        { type: 'tool_use', id: 't', name: 'add', input: { a: 1 } },
      ],
      [
        { type: 'text', text: 'ab' },
        { type: 'tool_use', id: 't', name: 'add', input: { a: 1 } },
      ],
    ]);
    expect(seen.at(-1)?.stop_reason).toBe('tool_use');
    expect(seen[4]?.content[0]).toBe(seen[5]?.content[0]);
  });

  it('leaves out events that are no part of a message', async () => {
    const added = { type: 'tool_start', id: 't', name: 'add', index: 0 };
    expect(await messages({ type: 'ping' }, added, { type: 'from_the_future' })).toEqual([]);
  });

  it('shows one message after another over several rounds', async () => {
    const seen = await messages(...reply({ id: 'a', content: ['one'] }), ...reply({ id: 'b', content: ['two'] }));
    expect([...new Set(seen.map(({ id }) => id))]).toEqual(['a', 'b']);
    expect(seen.find(({ id }) => id === 'b')?.content).toEqual([]);
  });

  it('fails with a ProtocolError on a second start and on a missing usage', async () => {
    await expect(messages(messageStart(), messageStart())).rejects.toEqual(tagged('ProtocolError'));
    await expect(messages(messageStart(), messageDelta({}, null))).rejects.toEqual(tagged('ProtocolError'));
  });

  it('emits each message in the tick of its event, with a state for each subscriber', () => {
    const source = new Subject<RoundEvent>();
    const operated = source.pipe(accumulateMessage());
    const early: ClaudeMessage[] = [];
    const late: ClaudeMessage[] = [];
    const subscription = operated.subscribe((message) => early.push(message));
    const [start, ...rest] = wire(...reply({ content: ['x'] })) as [RoundEvent, ...RoundEvent[]];
    source.next(start);
    expect(early).toHaveLength(1);
    subscription.add(operated.subscribe((message) => late.push(message)));
    for (const event of rest) source.next(event);
    expect(early.at(-1)).toMatchObject({ content: [{ text: 'x' }], stop_reason: 'end_turn' });
    expect(late).toEqual([]);
    subscription.unsubscribe();
  });
});
