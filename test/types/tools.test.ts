import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { betaMemoryTool, type MemoryToolHandlers } from '@anthropic-ai/sdk/helpers/beta/memory';
import { mcpTools } from '@anthropic-ai/sdk/helpers/beta/mcp';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import type { type as ArkType } from 'arktype';
import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import { of } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { z as z4 } from 'zod/v4';
import { defineTool, describeCodec, executeTools, jsonSchema, validateWith } from 'rxclaude';
import type { ClaudeRequest, InputOf, Tool, ToolContext, ToolEntry } from 'rxclaude';

declare const type: typeof ArkType;

const base = { name: 'x', description: 'x' };
const NumberFromString = new t.Type<number, string>('NumberFromString', t.number.is, t.success as never, String);

/** Only compiled: what is in here need not run. */
function compiled(): unknown[] {
  return [
    defineTool({
      ...base,
      input: t.type({ city: t.string, days: NumberFromString, unit: t.union([t.literal('c'), t.literal('f')]) }),
      run: (input, context) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string; days: number; unit: 'c' | 'f' }>();
        expectTypeOf(context).toEqualTypeOf<ToolContext>();
      },
    }),
    defineTool({
      ...base,
      input: t.type({ city: t.string }),
      guard: ({ city }) => of(city === 'Oslo' || 'Only Oslo.'),
      run: ({ city }) => city,
    }),
    defineTool({
      ...base,
      input: describeCodec(t.intersection([t.type({ a: t.Int }), t.partial({ b: t.array(t.boolean) })]), 'Both'),
      run: (input) => {
        expectTypeOf(input.a).toEqualTypeOf<t.Branded<number, t.IntBrand>>();
        expectTypeOf(input.b).toEqualTypeOf<boolean[] | undefined>();
      },
    }),
    defineTool({
      ...base,
      input: z.object({ city: z.string(), days: z.string().transform(Number), note: z.string().optional() }),
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string; days: number; note?: string | undefined }>();
      },
    }),
    defineTool({
      ...base,
      input: z.object({ city: z.string().refine(async () => Promise.resolve(true)), n: z.number().default(1) }),
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string; n: number }>();
      },
    }),
    defineTool({
      ...base,
      input: toStandardJsonSchema(v.object({ city: v.string(), days: v.pipe(v.string(), v.transform(Number)) })),
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string; days: number }>();
      },
    }),
    defineTool({
      ...base,
      input: v.object({ city: v.optional(v.string(), 'Berlin') }),
      input_schema: { type: 'object' },
      run: (input) => {
        expectTypeOf(input).toEqualTypeOf<{ city: string }>();
      },
    }),
    defineTool({
      ...base,
      input: type({ city: 'string', 'days?': '1 <= number <= 14' }),
      run: (input) => {
        expectTypeOf(input.city).toEqualTypeOf<string>();
        expectTypeOf(input.days).toEqualTypeOf<number | undefined>();
      },
    }),
    defineTool({
      ...base,
      input: jsonSchema({
        type: 'object',
        properties: {
          city: { type: 'string' },
          unit: { enum: ['c', 'f'] },
          days: { type: 'array', items: { type: 'integer' } },
          at: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] },
        },
        required: ['city', 'at'],
      }),
      run: (input) => {
        expectTypeOf(input.city).toEqualTypeOf<string>();
        expectTypeOf(input.unit).toEqualTypeOf<'c' | 'f' | undefined>();
        expectTypeOf(input.days).toEqualTypeOf<number[] | undefined>();
        expectTypeOf(input.at.x).toEqualTypeOf<number>();
      },
    }),
    defineTool({
      ...base,
      // A reference cannot be followed by types: such a field is unknown, and never wrong.
      input: jsonSchema({
        type: 'object',
        properties: { a: { $ref: '#/$defs/a' } },
        required: ['a'],
        $defs: { a: {} },
      }),
      run: (input) => {
        expectTypeOf(input.a).toEqualTypeOf<unknown>();
      },
    }),
  ];
}

/** What must not compile. */
function refused(): unknown[] {
  return [
    // @ts-expect-error -- `city` is a string
    defineTool({ ...base, input: t.type({ city: t.string }), run: (input: { city: number }) => input.city }),
    // @ts-expect-error -- a decoded `days` is a number
    defineTool({ ...base, input: t.type({ days: NumberFromString }), run: (input: { days: string }) => input.days }),
    // @ts-expect-error -- there is no `town`
    defineTool({ ...base, input: z.object({ city: z.string() }), run: ({ town }: { town: string }) => town }),
    // @ts-expect-error -- there is no `town`
    defineTool({ ...base, input: z.object({ city: z.string() }), run: (input) => input.town as unknown }),
    // @ts-expect-error -- `city` is a string
    defineTool({ ...base, input: type({ city: 'string' }), run: (input: { city: number }) => input.city }),
    defineTool({
      ...base,
      input: v.object({ city: v.string() }),
      input_schema: { type: 'object' },
      // @ts-expect-error -- `city` is a string
      run: (input: { city: number }) => input.city,
    }),
    defineTool({
      ...base,
      input: jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
      // @ts-expect-error -- `city` is a string
      run: ({ city }: { city: number }) => city,
    }),
    // @ts-expect-error -- `days` may be missing
    defineTool({ ...base, input: t.partial({ days: t.number }), run: ({ days }) => days.toFixed() }),
    defineTool({
      ...base,
      input: jsonSchema({ type: 'object', properties: { n: { type: 'number' } } }),
      // @ts-expect-error -- an optional field may be missing
      run: ({ n }) => n.toFixed(),
    }),
    // @ts-expect-error -- there is no such option
    defineTool({ ...base, input: t.type({}), run: () => 1, timeoutMs: 5 }),
    // @ts-expect-error -- it is called `input`
    defineTool({ ...base, inputSchema: t.type({}), run: () => 1 }),
    // @ts-expect-error -- `description` is missing
    defineTool({ name: 'x', input: t.type({}), run: () => 1 }),
    // @ts-expect-error -- `run` is missing
    defineTool({ ...base, input: t.type({}) }),
    // @ts-expect-error -- the time is a number
    defineTool({ ...base, input: t.type({}), run: () => 1, timeout: '5s' }),
    // @ts-expect-error -- a schema is needed, not an example
    defineTool({ ...base, input: { city: 'Berlin' }, run: () => 1 }),
    // @ts-expect-error -- there is no such field in the context
    defineTool({ ...base, input: t.type({}), run: (_, { abort }) => abort as unknown }),
  ];
}

/** What may stand in a list of tools. */
function entries(): readonly ToolEntry[] {
  const [mcp] = mcpTools([], { callTool: async () => Promise.resolve({ content: [] }) });
  const list = [
    defineTool({ ...base, input: t.type({ a: t.number }), run: ({ a }) => a }),
    defineTool({ ...base, input: z.object({ a: z.number() }), run: async ({ a }) => Promise.resolve([a]) }),
    defineTool({ ...base, input: t.type({}), run: () => of(1, 2) }),
    defineTool({
      ...base,
      input: t.type({}),
      run: async function* () {
        yield await Promise.resolve(1);
      },
    }),
    betaZodTool({ ...base, inputSchema: z4.object({ a: z4.number() }), run: ({ a }) => String(a) }),
    betaTool({
      ...base,
      inputSchema: { type: 'object', properties: { a: { type: 'number' } } },
      run: ({ a }) => String(a),
    }),
    betaMemoryTool({} as MemoryToolHandlers),
    ...(mcp ? [mcp] : []),
    { type: 'web_search_20250305', name: 'web_search' } as const,
    { name: 'plain', input_schema: { type: 'object' } } as const,
  ];
  expectTypeOf(list).toExtend<readonly ToolEntry[]>();
  expectTypeOf(list).toExtend<NonNullable<ClaudeRequest['tools']>>();
  expectTypeOf(executeTools).toBeCallableWith(list);
  expectTypeOf(validateWith).toBeCallableWith(list);
  // @ts-expect-error -- a word is no tool
  executeTools(['add']);
  // @ts-expect-error -- nor is an object without a name
  validateWith([{ run: () => 1 }]);
  return list;
}

describe('the types of tools', () => {
  it('are checked by the compiler', () => {
    expect([compiled, refused, entries].map((check) => typeof check)).toEqual(['function', 'function', 'function']);
  });

  it('know the input and the output', () => {
    const add = defineTool({ ...base, input: t.type({ a: t.number }), run: async ({ a }) => Promise.resolve(a) });
    expectTypeOf(add).toEqualTypeOf<Tool<{ a: number }, number>>();
    const progress = defineTool({ ...base, input: t.type({ a: t.string }), run: () => of('a') });
    expectTypeOf(progress).toEqualTypeOf<Tool<{ a: string }, string>>();
    const later = defineTool({
      ...base,
      input: t.type({ a: t.string }),
      run: async function* () {
        yield await Promise.resolve(1);
      },
    });
    expectTypeOf(later).toEqualTypeOf<Tool<{ a: string }, number>>();
    expectTypeOf<InputOf<t.TypeC<{ a: typeof NumberFromString }>>>().toEqualTypeOf<{ a: number }>();
    expect(add.name).toBe('x');
  });
});
