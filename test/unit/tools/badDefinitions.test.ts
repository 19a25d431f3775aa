import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import * as t from 'io-ts';
import * as v from 'valibot';
import { z } from 'zod';
import {
  converse,
  defineTool,
  executeTools,
  jsonSchema,
  RxClaudeError,
  validateWith,
  type RxClaudeFailure,
  type ToolEntry,
} from 'rxclaude';
import { type } from './arktype.js';
import { tagged } from '../../support/errors.js';

const base = { name: 'add', description: 'Adds.', run: () => 1 };

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function definitionError(work: () => unknown): RxClaudeFailure<'ToolDefinitionError'> {
  const error = thrownBy(work);
  expect(error).toEqual(tagged('ToolDefinitionError'));
  expect(RxClaudeError.is(error)).toBe(true);
  return error as RxClaudeFailure<'ToolDefinitionError'>;
}

describe('a name that the API refuses fails at once', () => {
  it.each(['', 'get weather', 'get.weather', 'wetter_für', 'a\n', 'a'.repeat(129), 'tool/x', '😀'])('%j', (name) => {
    const error = definitionError(() => defineTool({ ...base, name, input: t.type({}) }));
    expect(error.tool).toBe(name);
    expect(error.message).toContain('^[a-zA-Z0-9_-]{1,128}$');
  });

  it.each(['a', 'A-b_9', 'a'.repeat(128)])('and %j does not', (name) => {
    expect(defineTool({ ...base, name, input: t.type({}) }).definition.name).toBe(name);
  });
});

describe('a union at the root fails at once', () => {
  it.each([
    ['io-ts', t.union([t.type({ a: t.string }), t.type({ b: t.string })])],
    [
      'io-ts intersection',
      t.intersection([t.type({ a: t.string }), t.union([t.type({ b: t.string }), t.type({ c: t.string })])]),
    ],
    ['zod', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
    [
      'zod discriminated',
      z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
    ],
    ['arktype', type({ a: 'string' }).or({ b: 'string' })],
    ['jsonSchema', jsonSchema({ type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] })],
    ['jsonSchema allOf', jsonSchema({ type: 'object', allOf: [{ required: ['a'] }] })],
  ])('%s', (_, input) => {
    expect(definitionError(() => defineTool({ ...base, input: input as t.Mixed })).message).toMatch(
      /`add` cannot be used: .*(anyOf|oneOf|allOf|union) .*top/,
    );
  });
});

describe('a root that is no object fails at once', () => {
  it.each([
    ['io-ts', t.string],
    ['io-ts array', t.array(t.type({}))],
    ['zod', z.array(z.string())],
    ['arktype', type('string')],
    ['jsonSchema', jsonSchema({ type: 'string' })],
    ['jsonSchema without a type', jsonSchema({ properties: { a: { type: 'string' } } })],
    ['jsonSchema of several types', jsonSchema({ type: ['object', 'null'] })],
  ])('%s', (_, input) => {
    expect(definitionError(() => defineTool({ ...base, input: input as t.Mixed })).message).toMatch(
      /`add` cannot be used: .*must describe an object, found /,
    );
  });

  it('also in an `input_schema` that was given', () => {
    const input_schema = { type: 'string' } as never;
    const error = definitionError(() => defineTool({ ...base, input: v.object({}), input_schema }));
    expect(error.message).toContain('found "string"');
  });
});

describe('a field name that the API refuses fails at once', () => {
  it.each(['two words', '', 'größe', 'a$', 'x'.repeat(65)])('%j', (field) => {
    for (const input of [
      t.type({ [field]: t.string }),
      t.partial({ [field]: t.string }),
      z.object({ [field]: z.string() }),
      jsonSchema({ type: 'object', properties: { [field]: { type: 'string' } } }),
    ]) {
      const error = definitionError(() => defineTool({ ...base, input: input as t.Mixed }));
      expect(error.message).toContain(JSON.stringify(field));
    }
  });

  it.each(['a.b', '-_.9', 'x'.repeat(64)])('and %j does not', (field) => {
    expect(defineTool({ ...base, input: t.type({ [field]: t.string }) }).name).toBe('add');
  });
});

describe('a schema that has no form in JSON Schema fails at once', () => {
  const When = new t.Type<Date>(
    'When',
    (value): value is Date => value instanceof Date,
    t.success as never,
    t.identity,
  );

  it.each([
    [t.type({ when: When }), 'input.when', 'When'],
    [t.type({ list: t.array(t.type({ when: When })) }), 'input.list[].when', 'When'],
    [t.type({ pair: t.tuple([t.string, When]) }), 'input.pair[1]', 'When'],
    [t.type({ by: t.record(t.string, When) }), 'input.by.*', 'When'],
    [t.type({ run: t.Function }), 'input.run', 'Function'],
    [t.partial({ n: t.bigint }), 'input.n', 'bigint'],
    [t.type({ list: t.array(t.undefined) }), 'input.list[]', 'undefined'],
  ])('with the path in the message: case %#', (input, path, name) => {
    const error = definitionError(() => defineTool({ ...base, input }));
    expect(error.message).toContain(`\`${path}\``);
    expect(error.message).toContain(`\`${name}\``);
    expect(error.cause).toMatchObject({ _tag: 'JsonSchemaError', path });
  });

  it("of zod, with zod's own words and error", () => {
    const error = definitionError(() => defineTool({ ...base, input: z.object({ when: z.date() }) }));
    expect(error.message).toMatch(/Date/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('of valibot, which gives none by itself, and says what to do', () => {
    const error = definitionError(() => defineTool({ ...base, input: v.object({ a: v.string() }) }));
    expect(error.message).toContain('valibot');
    expect(error.message).toContain('toStandardJsonSchema');
    expect(error.message).toContain('input_schema');
  });
});

describe('two tools of one name', () => {
  const mine = defineTool({ ...base, input: t.type({}) });
  const sdk = betaTool({ name: 'add', description: 'x', inputSchema: { type: 'object' }, run: () => '1' });
  const client = { messages: { create: () => Promise.reject(new Error('sent')) } };
  const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'x' }] };
  const plain = { name: 'add', input_schema: { type: 'object' as const } };

  it.each<[string, ToolEntry[]]>([
    ['twice the same', [mine, mine]],
    ['mine and one of the SDK', [mine, sdk]],
    ['mine and a plain definition', [mine, plain]],
    ['two plain definitions', [plain, { ...plain }]],
  ])('fail wherever they are given: %s', (_, tools) => {
    for (const use of [
      () => validateWith(tools),
      () => executeTools(tools),
      () => converse(client, { ...request, tools }),
    ]) {
      expect(definitionError(use)).toMatchObject({ tool: 'add' });
    }
  });

  it('are no trouble when one is a member of a toolset with another name', () => {
    expect(() => executeTools([mine, { type: 'web_search_20250305', name: 'web_search' }])).not.toThrow();
  });
});
