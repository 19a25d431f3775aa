/** What `fetchClient` sends is `JSON.stringify` of it to the byte, and a history that only grows is written once. */
import fc from 'fast-check';
import { converse, fetchClient } from 'rxclaude';
import type { ClaudeRequest } from 'rxclaude';
import { deepFreeze } from '../../src/values/deepFreeze.js';
import { heapInUse } from '../chaos/support/leftovers.js';
import { run } from '../conformance/support/run.js';
import { question } from '../conformance/support/talk.js';
import { anyTool } from '../conformance/support/tools.js';
import { callsReply, textReply } from '../support/replies.js';
import { toSse } from '../support/sse.js';

type Params = Parameters<ReturnType<typeof fetchClient>['messages']['create']>[0];

/** A client that keeps the bodies it sends. */
function keeping(replies: readonly (readonly object[])[] = []) {
  const bodies: string[] = [];
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(init?.body as string);
    const events = replies[bodies.length - 1] ?? textReply('Done.');
    return Promise.resolve(new Response(toSse(events), { headers: { 'content-type': 'text/event-stream' } }));
  };
  const client = fetchClient({ fetch: fetch });
  const send = async (body: object): Promise<string> => {
    await client.messages.create(body as Params);
    return bodies.at(-1)!;
  };
  return { client, bodies, send };
}

const message = (content: unknown) => ({ role: 'user', content });

describe('the body of a request', () => {
  it('is the JSON of it, whatever it is, and however often it is sent', async () => {
    const value = fc.anything({
      withDate: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      withMap: true,
    });
    const list = fc.array(fc.tuple(value, fc.boolean()).map(([item, frozen]) => (frozen ? freezable(item) : item)));
    const body = fc.dictionary(fc.string(), fc.oneof(value, list), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(body, fc.array(value), async (first, more) => {
        const { send } = keeping();
        const { betas: _, user_profile_id: __, workspace_id: ___, ...fields } = first;
        const messages = [deepFreeze(message('Hi')), ...more.map((content) => freezable(message(content)))];
        for (let length = 1; length <= messages.length; length++) {
          const sent = { ...fields, messages: messages.slice(0, length), stream: true };
          expect(await send(sent)).toBe(JSON.stringify(sent));
          expect(await send(sent)).toBe(JSON.stringify(sent));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('follows a message that is not frozen', async () => {
    const { send } = keeping();
    const growing = message('a');
    const messages = [deepFreeze(message('Hi')), growing];
    expect(await send({ messages })).toContain('"a"');
    growing.content = 'b';
    expect(await send({ messages })).toContain('"b"');
  });

  it('follows what is frozen at its surface alone', async () => {
    const { send } = keeping();
    const block = { type: 'text', text: 'a' };
    const messages = [Object.freeze(message([block])), Object.freeze(message(Object.freeze([block])))];
    expect(await send({ messages })).toContain('"a"');
    block.text = 'b';
    expect(await send({ messages })).toBe(JSON.stringify({ messages }));
  });

  it('follows a date that is frozen', async () => {
    const { send } = keeping();
    const at = Object.freeze(new Date(0));
    const messages = [Object.freeze({ at })];
    await send({ messages });
    at.setTime(1);
    expect(await send({ messages })).toBe(JSON.stringify({ messages }));
  });

  it('follows a list that is changed after it was sent', async () => {
    const { send } = keeping();
    const [one, two, three] = ['1', '2', '3'].map((content) => deepFreeze(message(content)));
    const messages = [one];
    await send({ messages });
    messages.push(two);
    expect(await send({ messages })).toBe(JSON.stringify({ messages: [one, two] }));
    messages[1] = three;
    expect(await send({ messages })).toBe(JSON.stringify({ messages: [one, three] }));
    messages.pop();
    expect(await send({ messages })).toBe(JSON.stringify({ messages: [one] }));
    messages[0] = two;
    expect(await send({ messages })).toBe(JSON.stringify({ messages: [two] }));
  });

  it('keeps the order of fields, and leaves out what is undefined', async () => {
    const { send } = keeping();
    const body = { stream: true, b: undefined, messages: [deepFreeze(message('Hi'))], a: null, 1: [], f: () => 1 };
    expect(await send(body)).toBe(JSON.stringify(body));
  });

  it('is refused where JSON.stringify refuses it', async () => {
    const { client } = keeping();
    const body = { messages: [deepFreeze(message('Hi')), { big: 1n }] };
    await expect(client.messages.create(body as never)).rejects.toThrow(TypeError);
  });
});

describe('a conversation over fetchClient', () => {
  const look = anyTool('look', () => 'There is a clock. '.repeat(50));
  const request: ClaudeRequest = { ...question, system: 'Be short.', tools: [look] };
  const rounds = 40;
  const replies = Array.from({ length: rounds }, (_, n) =>
    n === rounds - 1 ? textReply('Noon.') : callsReply({ id: `t${String(n)}`, name: 'look' }),
  );

  it('writes each message once', async () => {
    const { client, bodies } = keeping(replies);
    const stringify = jest.spyOn(JSON, 'stringify');
    const { error } = await run(converse(client, request, { maxRounds: rounds }));
    const written = stringify.mock.results.reduce((sum, { value }) => sum + String(value).length, 0);
    stringify.mockRestore();

    expect(error).toBeUndefined();
    expect(bodies).toHaveLength(rounds);
    const { length } = bodies.at(-1)!;
    expect(length).toBeGreaterThan(rounds * 900);
    expect(written).toBeLessThan(length * 6);
    for (const body of bodies) expect(JSON.stringify(JSON.parse(body))).toBe(body);
  });

  it('leaves nothing of it in the client', async () => {
    const { client, send } = keeping();
    const gone = await (async () => {
      const first = deepFreeze(message('x'));
      await send({ messages: [first, deepFreeze(message('y'))] });
      return new WeakRef(first);
    })();
    await send({ messages: [deepFreeze(message('z'))] });
    await heapInUse();
    expect(gone.deref()).toBeUndefined();
    expect(client).toBeDefined();
  });
});

/** Freezes what can be frozen: the elements of a typed array cannot. */
function freezable<T>(value: T): T {
  try {
    return deepFreeze(value);
  } catch {
    return value;
  }
}
