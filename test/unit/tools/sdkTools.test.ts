import type { BetaToolResultContentBlockParam } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { mcpTools, type MCPCallToolResultLike, type MCPClientLike } from '@anthropic-ai/sdk/helpers/beta/mcp';
import { betaMemoryTool, type MemoryToolHandlers } from '@anthropic-ai/sdk/helpers/beta/memory';
import { betaStandardSchemaTool } from '@anthropic-ai/sdk/helpers/beta/standard-schema';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import type { BetaRunnableTool, BetaToolRunContext } from '@anthropic-ai/sdk/lib/tools/BetaRunnableTool';
import { ToolError } from '@anthropic-ai/sdk/lib/tools/ToolError';
import * as t from 'io-ts';
import { lastValueFrom, of } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod/v4';
import { converse, defineTool, type ClaudeClient } from 'rxclaude';
import { toToolDefinition } from '../../../src/tools/toToolDefinition.js';
import { callsReply, textReply } from '../../support/replies.js';
import { runAll, runCall, runCalls } from './runCalls.js';
import { failureOf, outputOf } from '../../support/outcome.js';

/** An MCP client that answers each call with what it is told to, and keeps the calls. */
class FakeMcp implements MCPClientLike {
  readonly calls: object[] = [];
  readonly #answer: (name: string) => MCPCallToolResultLike;

  constructor(answer: (name: string) => MCPCallToolResultLike) {
    this.#answer = answer;
  }

  async callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<MCPCallToolResultLike> {
    this.calls.push(params);
    return Promise.resolve(this.#answer(params.name));
  }
}

const add = betaZodTool({
  name: 'add',
  description: 'Adds.',
  inputSchema: z.object({ a: z.number(), b: z.number().default(2) }),
  run: ({ a, b }) => String(a + b),
});

describe('betaZodTool', () => {
  it('runs with its parsed input', async () => {
    expect(await runCall(add, { a: 1 })).toMatchObject({
      outcome: { right: '3' },
      result: { type: 'tool_result', tool_use_id: 'toolu_1', content: '3' },
    });
  });

  it('tells Claude of every wrong field', async () => {
    const event = await runCall(add, { b: 'x' });
    const { result } = event;
    expect(failureOf(event)).toMatchObject({
      _tag: 'InvalidInput',
      issues: [{ path: ['a'] }, { path: ['b'], found: 'x' }],
    });
    expect(result.is_error).toBe(true);
    expect(result.content).toMatch(
      /\n- a: .*number.* \(found nothing: it is missing\)\n- b: .* \(found "x" \(string\)\)\n/,
    );
  });
});

describe('betaTool', () => {
  const search = betaTool({
    name: 'search',
    description: 'Searches.',
    inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
    run: async ({ query }) =>
      Promise.resolve([{ type: 'text', text: `Found ${query}.` }] as const).then((all) => [...all]),
  });

  it('runs, and its blocks go to Claude as they are', async () => {
    expect((await runCall(search, { query: 'x' })).result).toEqual({
      type: 'tool_result',
      tool_use_id: 'toolu_1',
      content: [{ type: 'text', text: 'Found x.' }],
    });
  });
});

describe('betaStandardSchemaTool', () => {
  const add = betaStandardSchemaTool({
    name: 'add',
    description: 'Adds.',
    inputSchema: v.object({ a: v.number(), b: v.pipe(v.string(), v.transform(Number)) }),
    jsonSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'string' } } },
    run: ({ a, b }) => String(a + b),
  });

  it('runs with its parsed input', async () => {
    expect((await runCall(add, { a: 1, b: '2' })).result.content).toBe('3');
  });

  it('tells Claude of every wrong field', async () => {
    const { result } = await runCall(add, { a: 'x' });
    expect(result.is_error).toBe(true);
    expect(result.content).toMatch(/\ba\b.*Expected number/);
    expect(result.content).toMatch(/\bb\b/);
  });
});

describe('mcpTools', () => {
  const definitions = [
    {
      name: 'list_files',
      description: 'Lists.',
      inputSchema: { type: 'object' as const, properties: { path: { type: 'string' } } },
    },
    { name: 'boom', inputSchema: { type: 'object' as const } },
  ];
  const image = { type: 'image', data: 'AAAA', mimeType: 'image/png' } as const;

  it("call the client with Claude's input and turn its content into blocks", async () => {
    const client = new FakeMcp(() => ({ content: [{ type: 'text', text: 'a.txt' }, image] }));
    const [tool] = mcpTools(definitions, client) as [BetaRunnableTool<Record<string, unknown>>];
    const { result } = await runCall(tool, { path: '/' });
    expect(client.calls).toEqual([{ name: 'list_files', arguments: { path: '/' } }]);
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      type: 'tool_result',
      tool_use_id: 'toolu_1',
      content: [
        { type: 'text', text: 'a.txt' },
        { type: 'image', source: { type: 'base64', data: 'AAAA', media_type: 'image/png' } },
      ],
    });
  });

  it('that answer with an error give its text to Claude, and text only', async () => {
    const client = new FakeMcp(() => ({ content: [{ type: 'text', text: 'No such file' }, image], isError: true }));
    const tools = mcpTools(definitions, client);
    const [{ result } = { result: undefined }] = await runCalls(tools, [{ id: 'toolu_1', name: 'boom' }]);
    expect(result).toMatchObject({ is_error: true });
    expect(result?.content).toMatchObject([
      { type: 'text', text: 'No such file' },
      { type: 'text', text: expect.stringContaining('image') as string },
    ]);
  });

  it('may answer with structured content only', async () => {
    const client = new FakeMcp(() => ({ content: [], structuredContent: { files: 3 } }));
    const [tool] = mcpTools(definitions, client) as [BetaRunnableTool<Record<string, unknown>>];
    expect((await runCall(tool)).result.content).toBe('{"files":3}');
  });

  it('may answer with nothing at all', async () => {
    const [tool] = mcpTools(definitions, new FakeMcp(() => ({ content: [] }))) as [BetaRunnableTool];
    const { result } = await runCall(tool);
    expect(result.is_error).toBeUndefined();
    expect(JSON.stringify(result.content)).toBe('"[]"');
  });

  it('whose content the API cannot take are an error to Claude', async () => {
    const audio = { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' } as const;
    const [tool] = mcpTools(definitions, new FakeMcp(() => ({ content: [audio] }))) as [BetaRunnableTool];
    const { result } = await runCall(tool);
    expect(result).toMatchObject({ is_error: true, content: expect.stringMatching(/^Error: .*audio/i) as string });
  });
});

describe('betaMemoryTool', () => {
  const handlers: MemoryToolHandlers & { readonly files: Map<string, string> } = {
    files: new Map([['/memories/a.md', 'hello']]),
    view({ path }) {
      return this.files.get(path) ?? 'nothing';
    },
    create({ path, file_text }) {
      this.files.set(path, file_text);
      return 'created';
    },
    str_replace: () => 'replaced',
    insert: () => 'inserted',
    delete: () => {
      throw new ToolError('Deleting is not allowed');
    },
    rename: () => 'renamed',
  };
  const memory = betaMemoryTool(handlers);

  it('runs its handlers', async () => {
    expect(outputOf(await runCall(memory, { command: 'create', path: '/memories/b.md', file_text: 'x' }))).toBe(
      'created',
    );
    expect(outputOf(await runCall(memory, { command: 'view', path: '/memories/b.md' }))).toBe('x');
  });

  it('tells Claude of a command that fails or does not exist', async () => {
    expect((await runCall(memory, { command: 'delete', path: 'x' })).result).toMatchObject({
      content: 'Deleting is not allowed',
      is_error: true,
    });
    expect((await runCall(memory, { command: 'format' })).result).toMatchObject({
      content: 'Error: format not implemented',
      is_error: true,
    });
  });

  it('goes on the wire as the server knows it', () => {
    expect(toToolDefinition(memory)).toEqual({ type: 'memory_20250818', name: 'memory' });
  });
});

describe('what a tool of the SDK throws', () => {
  const throwing = (error: unknown) =>
    betaTool({
      name: 'boom',
      description: 'Fails.',
      inputSchema: { type: 'object' },
      run: () => {
        throw error;
      },
    });

  it('goes to Claude as the content of a ToolError', async () => {
    const content: BetaToolResultContentBlockParam[] = [
      { type: 'text', text: 'Out of stock' },
      { type: 'text', text: 'Try later' },
    ];
    expect((await runCall(throwing(new ToolError(content)))).result).toEqual({
      type: 'tool_result',
      tool_use_id: 'toolu_1',
      content,
      is_error: true,
    });
    expect((await runCall(throwing(new ToolError('plain')))).result.content).toBe('plain');
  });

  it('goes to Claude as its message otherwise, and to the program by name and message', async () => {
    const error = new TypeError('kaput');
    const event = await runCall(throwing(error));
    expect(event.result).toMatchObject({ content: 'Error: kaput', is_error: true });
    expect(failureOf(event)).toEqual({ _tag: 'Threw', name: 'TypeError', message: 'kaput' });
  });
});

describe('the context', () => {
  it('of a tool of the SDK has the call as Claude made it, and a signal', async () => {
    const contexts: (BetaToolRunContext | undefined)[] = [];
    const tool = betaZodTool({
      name: 'look',
      description: 'Looks.',
      inputSchema: z.object({ n: z.string().default('0') }),
      run: (_, context) => {
        contexts.push(context);
        return 'ok';
      },
    });
    await runCall(tool, { n: '5' }, { caller: { type: 'direct' } });
    const [context] = contexts;
    expect(context?.toolUse).toEqual({
      type: 'tool_use',
      id: 'toolu_1',
      name: 'look',
      input: { n: '5' },
      caller: { type: 'direct' },
    });
    expect(context).toHaveProperty('toolUseBlock', context?.toolUse);
    expect(context?.signal?.aborted).toBe(false);
  });

  it('aborts its signal when the time is up', async () => {
    let signal: AbortSignal | null | undefined;
    const slow = betaTool({
      name: 'slow',
      description: 'Never ends.',
      inputSchema: { type: 'object' },
      run: async (_, context) => {
        signal = context?.signal;
        return new Promise<string>(() => {});
      },
    });
    const event = await runCall(slow, {}, {}, { timeout: 5 });
    const { result } = event;
    expect(failureOf(event)).toMatchObject({ _tag: 'TimedOut', milliseconds: 5 });
    expect(result).toMatchObject({ is_error: true, content: expect.stringContaining('5 ms') as string });
    expect(signal?.aborted).toBe(true);
  });
});

describe('tools of both kinds side by side', () => {
  const mine = defineTool({
    name: 'mine',
    description: 'Mine.',
    input: t.type({}),
    run: (_, { call }) => `${call.id}!`,
  });

  it('answer each their own call', async () => {
    const results = await runCalls(
      [add, mine, { type: 'web_search_20250305', name: 'web_search' }],
      [
        { id: 'toolu_1', name: 'add', input: { a: 1 } },
        { id: 'toolu_2', name: 'mine' },
        { id: 'toolu_3', name: 'gone' },
      ],
    );
    expect(Object.fromEntries(results.map(({ id, result }) => [id, result.content]))).toEqual({
      toolu_1: '3',
      toolu_2: 'toolu_2!',
      toolu_3: 'Tool `gone` is not available here. Available: add, mine.',
    });
  });

  it('start only when the reply has asked for tools', async () => {
    const types = (await runAll([add], [{ id: 'toolu_1', name: 'add', input: { a: 1 } }])).map(({ type }) => type);
    expect(types.indexOf('tool_start')).toBe(types.indexOf('message_delta') + 1);
  });

  it('go on the wire with API fields only, and their request with them', async () => {
    const sent: Record<string, unknown>[] = [];
    const replies = [callsReply({ id: 'toolu_1', name: 'add', input: { a: 1 } }), textReply('3')];
    const client = {
      messages: {
        create: (params: object) => {
          sent.push(JSON.parse(JSON.stringify(params)) as Record<string, unknown>);
          return of(...(replies.shift() ?? []));
        },
      },
    } as unknown as ClaudeClient;
    const cached = betaZodTool({
      name: 'cached',
      description: 'x',
      inputSchema: z.object({}),
      run: () => '',
      close: () => {},
      cache_control: { type: 'ephemeral' },
    });
    const [mcp] = mcpTools([{ name: 'mcp', inputSchema: { type: 'object' } }], new FakeMcp(() => ({ content: [] })));
    const tools = [add, mine, cached, mcp as BetaRunnableTool<Record<string, unknown>>];
    const end = await lastValueFrom(
      converse(client, { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }], tools }),
    );
    expect(end).toMatchObject({ type: 'conversation_end', reason: 'finished', stop_reason: 'end_turn', rounds: 2 });
    expect(sent[0]?.['tools']).toEqual([
      {
        type: 'custom',
        name: 'add',
        description: 'Adds.',
        input_schema: expect.objectContaining({ type: 'object', required: ['a', 'b'] }) as object,
      },
      { name: 'mine', description: 'Mine.', input_schema: { type: 'object', properties: {} } },
      {
        type: 'custom',
        name: 'cached',
        description: 'x',
        input_schema: expect.objectContaining({ type: 'object' }) as object,
        cache_control: { type: 'ephemeral' },
      },
      { name: 'mcp', input_schema: { type: 'object', properties: null, required: null } },
    ]);
    expect(JSON.stringify(sent[1]?.['tools'])).toBe(JSON.stringify(sent[0]?.['tools']));
    expect(toToolDefinition({ type: 'web_search_20250305', name: 'web_search', max_uses: 2 })).toEqual({
      type: 'web_search_20250305',
      name: 'web_search',
      max_uses: 2,
    });
  });

  it('leaves a plain definition the object that it was', () => {
    const plain = Object.freeze({ name: 'x', input_schema: { type: 'object' as const } });
    expect(toToolDefinition(plain)).toBe(plain);
  });
});
