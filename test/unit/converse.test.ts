import * as t from 'io-ts';
import { lastValueFrom, NEVER, of, toArray, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { claudeStream, converse, debugEvents, defineTool, type ClaudeEvent } from 'rxclaude';
import { claude } from '../../marbles/index.js';
import { tagged } from '../support/errors.js';

interface Sent {
  readonly tools?: readonly object[];
  readonly messages: readonly object[];
}

const asks = [
  claude.messageStart(),
  claude.toolUseStart('toolu_1', 'work', 0),
  claude.contentBlockStop(0),
  claude.stop('tool_use'),
  claude.messageStop(),
];
const ends = [claude.messageStart(), claude.stop(), claude.messageStop()];
const user = { role: 'user' as const, content: 'Hi' };

/** A client that plays replies and keeps what was sent, as JSON, the moment after it was handed over. */
function fake(...replies: readonly (readonly ClaudeEvent[])[]) {
  const sent: Sent[] = [];
  const left = [...replies];
  const create = (params: object): Observable<ClaudeEvent> => {
    void Promise.resolve().then(() => sent.push(JSON.parse(JSON.stringify(params)) as Sent));
    return of(...(left.shift() ?? []));
  };
  return { sent, client: { messages: { create } } };
}

const work = (run: (messages: readonly object[]) => unknown = () => 'ran') =>
  defineTool({ name: 'work', description: 'Works.', input: t.type({}), run: (_, { messages }) => run(messages) });

describe('converse', () => {
  it('keeps its default limit where an option is undefined', () => {
    new TestScheduler(() => undefined).run(({ flush }) => {
      const errors: unknown[] = [];
      const timeout = { each: undefined } as unknown as { each: number };
      const client = { messages: { create: () => NEVER } };
      converse(client, { model: 'm', max_tokens: 1, messages: [user] }, { timeout }).subscribe({
        error: (error: unknown) => errors.push(error),
      });
      flush();
      expect(errors).toEqual([tagged('TimeoutGuardError')]);
      expect(errors).toMatchObject([{ limit: 'first', milliseconds: 120_000 }]);
    });
  });

  it('takes its tools when it is called, for Claude and for itself', async () => {
    const { sent, client } = fake(ends);
    const tools = [work()];
    const run = converse(client, { model: 'm', max_tokens: 1, messages: [user], tools });
    tools.push({ ...work(), name: 'late' });
    await lastValueFrom(run);
    expect(sent[0]?.tools).toHaveLength(1);
  });

  it('keeps its history from the hands of a tool', async () => {
    const { sent, client } = fake(asks, ends);
    const push = work((messages) => (messages as object[]).push({ role: 'user', content: 'INJECTED' }));
    await lastValueFrom(converse(client, { model: 'm', max_tokens: 1, messages: [user], tools: [push] }));
    expect(JSON.stringify(sent)).not.toContain('INJECTED');
    expect(sent[1]?.messages).toHaveLength(3);
  });

  it('takes what a generator returns as its result, and what it yields as progress', async () => {
    const generators = [
      async function* () {
        yield 'half';
        await Promise.resolve();
        return 'whole';
      },
      function* () {
        yield 'half';
        return 'whole';
      },
    ];
    for (const generator of generators) {
      const { client } = fake(asks, ends);
      const run = converse(client, { model: 'm', max_tokens: 1, messages: [user], tools: [work(generator)] });
      const events = await lastValueFrom(run.pipe(toArray()));
      expect(events).toContainEqual(expect.objectContaining({ type: 'tool_progress', value: 'half' }));
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'tool_result', outcome: { _tag: 'Right', right: 'whole' } }),
      );
    }
  });

  it('does not mind debugEvents at an event without a type', async () => {
    const { client } = fake([
      claude.messageStart(),
      { n: 1 } as unknown as ClaudeEvent,
      claude.stop(),
      claude.messageStop(),
    ]);
    const run = converse(client, { model: 'm', max_tokens: 1, messages: [user] });
    const lines: string[] = [];
    await lastValueFrom(run.pipe(debugEvents({ sink: (line) => lines.push(line) })));
    expect(lines.at(-1)).toContain('complete');
  });
});

describe('claudeStream', () => {
  it('sends the messages as they were when it was subscribed to', async () => {
    const { sent, client } = fake(ends);
    const messages = [user];
    const done = lastValueFrom(claudeStream(client, { model: 'm', max_tokens: 1, messages }));
    messages.push({ role: 'user', content: 'late' });
    await done;
    expect(sent[0]?.messages).toHaveLength(1);
  });
});

describe('defineTool', () => {
  it('sends no field that is none of the API', () => {
    const options = { name: 'x', description: 'd', input: t.type({}), run: () => 1, retries: 3, strict: true };
    expect(defineTool(options).definition).toEqual({
      name: 'x',
      description: 'd',
      strict: true,
      input_schema: { type: 'object', properties: {} },
    });
  });
});
