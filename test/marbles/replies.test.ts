import { claudeStream } from '../../src/index.js';
import type { ClaudeEvent } from '../../src/index.js';
import {
  apiError,
  claude,
  inTurn,
  letterOf,
  marble,
  type ReplyValues,
  runMarble,
  spread,
} from '../../marbles/index.js';
import { request } from './support/answering.js';
import { messageOf } from './support/failureOf.js';

/** What a reply emits: the time and the letter of each event. */
function played(diagram: string, values?: ReplyValues): string[] {
  const seen: string[] = [];
  runMarble(({ reply, flush }) => {
    const source = reply(diagram, values);
    source.subscribe({ next: (each) => seen.push(letterOf(each)), error: () => undefined });
    flush();
  });
  return seen;
}

describe('a reply', () => {
  marble('plays its letters, each at its time', ({ reply, expectEvents, expectSubscriptions }) => {
    const source = reply('-s-[ot]t-(tc) 20ms (em|)');
    const expected = '    -s-[ot]t-(tc) 20ms (em|)';
    const subs = '        ^ 29ms !               ';

    expectEvents(source).toBe(expected);
    expectSubscriptions(source.subscriptions).toBe(subs);
  });

  marble('numbers its blocks by itself', ({ reply, expectEvents }) => {
    const source = reply('s-o-t-c-k-i-c-w-m|');
    const expected = '    s-o-t-a-k-i-j-w-m|';

    const values = { t: { index: 0 }, a: { index: 0 }, k: { index: 1 }, i: { index: 1 }, j: { index: 1 } };
    expectEvents(source).toBe(expected, values);
  });

  marble('leaves alone what says where it belongs', ({ reply, expectEvents }) => {
    const source = reply('s-o-a-j-l|', {
      a: claude.text('x', 4),
      j: claude.contentBlockStop(4),
      l: { ...claude.text('y'), index: 2 },
    });
    const expected = '    s-o-t-c-l|';

    expectEvents(source).toBe(expected, { t: { index: 4 }, c: { index: 4 }, l: { index: 2 } });
  });

  marble('numbers what was copied, stored or changed as it numbers the original', ({ reply, expectEvents }) => {
    const copy = { ...claude.text('y') };
    const source = reply('s-[ot]c-o-a-j-m|', {
      a: copy,
      j: JSON.parse(JSON.stringify(claude.contentBlockStop())) as ClaudeEvent,
    });
    const expected = '    s-[ot]c-k-a-j-m|';

    expect(copy).toEqual({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'y' } });
    expectEvents(source).toBe(expected, {
      k: { type: 'content_block_start', index: 1 },
      a: { index: 1 },
      j: { type: 'content_block_stop', index: 1 },
    });
  });

  marble('spreads the events of a letter over time, and what follows comes after them', ({ reply, expectEvents }) => {
    const source = reply('--r|', { r: spread(claude.message(claude.textBlock('Hi')), 3) });
    const expected = '    --s--o--t--c--e--m|';

    expectEvents(source).toBe(expected);
  });

  marble('gives a letter another meaning each time', ({ reply, expectEvents }) => {
    const source = reply('s-o-t-t-t|', { t: inTurn(claude.text('a'), [claude.text('b'), claude.text('c')]) });
    const expected = '    s-o-a-[jl]-[jl]|';

    const pieces = { a: { delta: { text: 'a' } }, j: { delta: { text: 'b' } }, l: { delta: { text: 'c' } } };
    expectEvents(source).toBe(expected, pieces);
  });

  marble('fails with the error that it is given, or else is overloaded', ({ reply, expectEvents }) => {
    expectEvents(reply('s-#', { '#': apiError('api_error') })).toBe('s-#', { '#': { type: 'api_error' } });
    expectEvents(reply('s-#')).toBe('s-#', { '#': { type: 'overloaded_error' } });
  });

  marble('is cold: each subscriber gets all of it', ({ reply, expectEvents, expectSubscriptions }) => {
    const source = reply('s-o-|');
    expectEvents(source, '--^').toBe('--s-o-|');
    expectEvents(source, '---^-!').toBe('---s-');
    expectSubscriptions(source.subscriptions).toBe(['--^---!', '---^-!']);
  });

  it('stops in the middle of a moment when its subscriber leaves', () => {
    const seen: string[] = [];
    runMarble(({ reply, flush }) => {
      const subscription = reply('[sot]-c|', {}).subscribe((each) => {
        seen.push(letterOf(each));
        if (each.type === 'content_block_start') subscription.unsubscribe();
      });
      flush();
    });
    expect(seen.join('')).toBe('so');
  });

  it.each<[string, ReplyValues, string]>([
    ['q-|', {}, "`q` is not one of Claude's letters, and the test gives no value for it.\n\n  q-|\n  ^"],
    ['s-K|', {}, "`K` is not one of Claude's letters"],
    ['s-t', { t: 'Hi' as never }, '`t` must be an event or a list of events, such as claude.text(\'Hi\'): found "Hi".'],
    ['s-t', { t: inTurn() }, '`inTurn()` of `t` has no values.'],
    ['(s-o)', {}, 'No time passes within a group: is `)` missing?\n\n  (s-o)\n    ^'],
    ['[s-o', {}, 'No time passes within a group: is `]` missing?\n\n  [s-o\n    ^'],
    ['(so', {}, '`(` opens a group that is never closed.\n\n  (so\n  ^'],
    ['[so)', {}, '`)` closes no group.'],
    ['((s))', {}, 'A group cannot contain a group.'],
    ['s-|-o', {}, 'Nothing can come after the end of a stream.\n\n  s-|-o\n      ^'],
    ['^-s', {}, '`^` is for subscriptions and means nothing among events.'],
    ['s 1.5ms o', {}, '`1.5ms` is not a whole number of characters of 1 ms.'],
  ])('%s is refused at once', (diagram, values, problem) => {
    expect(() => played(diagram, values)).toThrow(problem);
  });
});

describe('a scripted client', () => {
  marble('numbers the blocks of a reply that is given as its events', ({ scriptClaude, expectEvents }) => {
    const { start, pieces, stop } = claude.toolUse('toolu_1', 'add');
    const events = [
      claude.messageStart(),
      ...claude.textBlock('Hi'),
      start,
      ...pieces,
      stop,
      claude.stop(),
      claude.messageStop(),
    ];
    const expected = '[sotckijem|]';

    const second = { k: { index: 1 }, i: { index: 1 }, j: { type: 'content_block_stop', index: 1 } };
    expectEvents(claudeStream(scriptClaude(events), request)).toBe(expected, second);
  });

  marble('plays diagrams, streams, events that come at once, and errors', (helpers) => {
    const { cold, reply, scriptClaude, expectEvents, expectRequests } = helpers;
    const refused = apiError('rate_limit_error', { status: 429 });
    const client = scriptClaude(
      's-(em|)',
      reply('s-(xm|)'),
      claude.message(),
      refused,
      cold<ClaudeEvent>('-#', {}, refused),
    );
    const streams = [0, 1, 2, 3, 4].map((time) => [claudeStream(client, request), `${'-'.repeat(time)}^`] as const);
    const expected = ['s-(em|)', '-s-(xm|)', '--(sem|)', '---#', '-----#'];
    streams.forEach(([stream, when], at) => {
      expectEvents(stream, when).toBe(expected[at]!, { '#': { status: 429 } });
    });
    expectRequests(client).toBe(['^-|', '-^-|', '--(^|)', '---(^#)', '----^#']);
  });

  marble('keeps what was sent, as it was then', ({ scriptClaude, flush }) => {
    const client = scriptClaude('s-(em|)');
    const changing = { ...request, messages: [{ role: 'user' as const, content: 'Hi' }] };
    claudeStream(client, changing).subscribe();
    changing.messages.push({ role: 'user', content: 'Ho' });
    flush();
    expect(client.requests).toMatchObject([{ from: 0, to: 2, how: 'completed' }]);
    expect(client.requests[0]!.body).toEqual({ ...request, stream: true });
    expect(client.requests[0]!.signal?.aborted).toBe(true);
    expect(client.beta).toBe(client);
  });

  marble('notes what was cancelled, and what still goes on', ({ scriptClaude, expectEvents, expectRequests }) => {
    const client = scriptClaude('s-o-t-t', 's-o-');
    expectEvents(claudeStream(client, request), '^---!').toBe('s-o-');
    expectEvents(claudeStream(client, request), '-^').toBe('-s-o-');
    expectRequests(client).toBe(['^---!', '-^']);
  });

  it('fails the test when a reply is missing, whatever becomes of the error', () => {
    const message = messageOf(({ scriptClaude }) => {
      const client = scriptClaude('s-(em|)');
      const twice = [request, request].map((each) => claudeStream(client, each));
      for (const stream of twice) stream.subscribe({ error: () => undefined });
    });
    expect(message).toBe('There is no reply for request 2: scriptClaude was given 1.');
  });

  it('fails the test when a reply is left over', () => {
    const message = messageOf(({ scriptClaude }) => {
      claudeStream(scriptClaude('s-(em|)', 's-(em|)'), request).subscribe();
    });
    expect(message).toBe('Replies are left over: scriptClaude was given 2, but 1 request was sent.');
  });

  it('says so beside the diagram that went wrong because of it', () => {
    const message = messageOf(({ scriptClaude, expectEvents }) => {
      expectEvents(claudeStream(scriptClaude(), request)).toBe('s-(em|)');
    });
    expect(message).toMatch(/^The events are not as expected[\s\S]*There is no reply for request 1/);
  });

  it.each([
    [
      'a call without a result',
      { messages: [...request.messages, { role: 'assistant', content: [use()] }, ...request.messages] },
      '`tool_use` ids were found without `tool_result`',
    ],
    ['a field that the API takes no longer', { temperature: 1 }, 'temperature: Extra inputs are not permitted'],
    ['no model', { model: '' }, 'model: Field required'],
    ['no max_tokens', { max_tokens: undefined }, 'max_tokens: Input should be a valid integer'],
    ['no messages', { messages: [] }, 'messages: at least one message is required'],
  ])('refuses %s as the API does, and fails the test', (_, change, problem) => {
    let refusal: unknown;
    const message = messageOf(({ scriptClaude }) => {
      const asked = { ...request, ...change } as typeof request;
      claudeStream(scriptClaude('s-(em|)'), asked).subscribe({ error: (error: unknown) => (refusal = error) });
    });
    expect(message).toMatch(/^The API would refuse request 1:\n {2}/);
    expect(message).toContain(problem);
    expect(refusal).toMatchObject({ status: 400, type: 'invalid_request_error' });
  });
});

function use() {
  return { type: 'tool_use', id: 'toolu_1', name: 'add', input: {} };
}
