import { toStandardJsonSchema } from '@valibot/to-json-schema';

import * as t from 'io-ts';
import * as v from 'valibot';
import { z } from 'zod';
import { defineTool, describeCodec, jsonSchema, type InvalidInput, type Tool } from 'rxclaude';
import { deepFreeze } from '../message/deepFreeze.js';
import { type } from './arktype.js';
import { runCall, textOf } from './runCalls.js';
import { failureOf } from '../../support/outcome.js';

const NumberFromString = new t.Type<number, string>(
  'NumberFromString',
  (value): value is number => typeof value === 'number',
  (value, context) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
    return Number.isNaN(number) ? t.failure(value, context) : t.success(number);
  },
  String,
);

const Day = describeCodec(
  new t.Type<Date, string>(
    'Day',
    (value): value is Date => value instanceof Date,
    (value, context) => {
      const date = new Date(typeof value === 'string' ? value : NaN);
      return Number.isNaN(date.getTime())
        ? t.failure(value, context, 'must be a day such as 2026-11-22')
        : t.success(date);
    },
    (date) => date.toISOString(),
  ),
  { schema: { type: 'string', format: 'date' }, description: 'The first day' },
);

/** A tool that hands back what its `run` was given, and the values it was given. */
function spied<Input>(make: (run: (input: Input) => string) => unknown): { tool: Tool; inputs: Input[] } {
  const inputs: Input[] = [];
  const tool = make((input) => {
    inputs.push(input);
    return 'done';
  });
  return { tool: tool as Tool, inputs };
}

const common = { name: 'forecast', description: 'The forecast.' };

interface Case {
  readonly make: (run: (input: never) => string) => unknown;
  /** The schema on the wire. */
  readonly schema: object;
  readonly good: object;
  readonly decoded: object;
  readonly bad: object;
  /** The lines about the wrong fields. */
  readonly lines: readonly (string | RegExp)[];
}

const cases: Record<string, Case> = {
  'an io-ts codec': {
    make: (run) =>
      defineTool({
        ...common,
        input: t.type({ city: t.string, days: NumberFromString, from: Day }),
        run: run as never,
      }),
    schema: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        days: { type: 'string', description: 'A number as a string.' },
        from: { type: 'string', format: 'date', description: 'The first day' },
      },
      required: ['city', 'days', 'from'],
    },
    good: { city: 'Berlin', days: '3', from: '2026-11-22' },
    decoded: { city: 'Berlin', days: 3, from: new Date('2026-11-22') },
    bad: { city: 5, days: 'three', from: 'now' },
    lines: [
      '- city: expected string, found 5 (number)',
      '- days: expected NumberFromString, found "three" (string)',
      '- from: must be a day such as 2026-11-22 (found "now" (string))',
    ],
  },
  'a zod object with a transform': {
    make: (run) =>
      defineTool({
        ...common,
        input: z.object({
          city: z.string().describe('The city'),
          days: z.string().transform(Number),
          note: z.string().optional(),
        }),
        run: run as never,
      }),
    schema: {
      type: 'object',
      properties: {
        city: { type: 'string', description: 'The city' },
        days: { type: 'string' },
        note: { type: 'string' },
      },
      required: ['city', 'days'],
    },
    good: { city: 'Berlin', days: '3' },
    decoded: { city: 'Berlin', days: 3 },
    bad: { city: 5 },
    lines: [
      /^- city: .*expected string.* \(found 5 \(number\)\)$/,
      /^- days: .*expected string.* \(found nothing: it is missing\)$/,
    ],
  },
  'a zod object with an asynchronous check': {
    make: (run) =>
      defineTool({
        ...common,
        input: z.object({
          city: z.string().refine(async (city) => Promise.resolve(city !== 'Atlantis'), 'There is no such city'),
          days: z.number().refine(async (days) => Promise.resolve(days < 9), 'Too far ahead'),
        }),
        run: run as never,
      }),
    schema: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'number' } },
      required: ['city', 'days'],
    },
    good: { city: 'Berlin', days: 3 },
    decoded: { city: 'Berlin', days: 3 },
    bad: { city: 'Atlantis', days: 10 },
    lines: ['- city: There is no such city (found "Atlantis" (string))', '- days: Too far ahead (found 10 (number))'],
  },
  'a valibot schema by toStandardJsonSchema': {
    make: (run) =>
      defineTool({
        ...common,
        input: toStandardJsonSchema(v.object({ city: v.string(), days: v.optional(v.number(), 1) })),
        run: run as never,
      }),
    schema: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'number', default: 1 } },
      required: ['city'],
    },
    good: { city: 'Berlin' },
    decoded: { city: 'Berlin', days: 1 },
    bad: { days: 'x' },
    lines: [/^- city: .* \(found nothing: it is missing\)$/, /^- days: .*Expected number.* \(found "x" \(string\)\)$/],
  },
  'a plain valibot schema beside its `input_schema`': {
    make: (run) =>
      defineTool({
        ...common,
        input: v.object({ city: v.pipe(v.string(), v.trim()) }),
        input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        run: run as never,
      }),
    schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    good: { city: ' Berlin ' },
    decoded: { city: 'Berlin' },
    bad: { city: ['Berlin'] },
    lines: [/^- city: .* \(found \["Berlin"\] \(array\)\)$/],
  },
  'an arktype': {
    make: (run) =>
      defineTool({ ...common, input: type({ city: 'string', 'days?': '1 <= number <= 14' }), run: run as never }),
    schema: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'number', minimum: 1, maximum: 14 } },
      required: ['city'],
    },
    good: { city: 'Berlin', days: 3 },
    decoded: { city: 'Berlin', days: 3 },
    bad: { days: 99 },
    lines: [/^- city: .* \(found nothing: it is missing\)$/, /^- days: .*at most 14.* \(found 99 \(number\)\)$/],
  },
  'a raw JSON Schema': {
    make: (run) =>
      defineTool({
        ...common,
        input: jsonSchema({
          type: 'object',
          properties: {
            city: { type: 'string', minLength: 2 },
            days: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } },
          },
          required: ['city', 'days'],
          additionalProperties: false,
        }),
        run: run as never,
      }),
    schema: {
      type: 'object',
      properties: {
        city: { type: 'string', minLength: 2 },
        days: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } },
      },
      required: ['city', 'days'],
      additionalProperties: false,
    },
    good: { city: 'Berlin', days: [{ n: 1 }] },
    decoded: { city: 'Berlin', days: [{ n: 1 }] },
    bad: { city: 'B', days: [{ n: 1 }, { n: 'x' }, {}], more: 1 },
    lines: [
      /^- city: .* \(found "B" \(string\)\)$/,
      /^- days\[1\]\.n: .* \(found "x" \(string\)\)$/,
      '- days[2].n: This field is required. (found nothing: it is missing)',
      '- more: This field is not allowed. (found 1 (number))',
    ],
  },
};

describe.each(Object.entries(cases))('defineTool with %s', (_, { make, schema, good, decoded, bad, lines }) => {
  it('shows Claude the schema of what must be sent', () => {
    const { definition } = make(() => '') as Tool;
    expect(definition).toMatchObject({ name: 'forecast', description: 'The forecast.' });
    const { additionalProperties, ...found } = definition.input_schema as Record<string, unknown>;
    expect({ ...found, ...('additionalProperties' in schema && { additionalProperties }) }).toEqual(schema);
    expect(definition.input_schema).not.toHaveProperty('$schema');
    expect(definition).toEqual(JSON.parse(JSON.stringify(definition)));
  });

  it('gives `run` the decoded value, and Claude its own input back', async () => {
    const { tool, inputs } = spied<object>(make);
    const { result, outcome } = await runCall(tool, good);
    expect(outcome._tag).toBe('Right');
    expect(result).toEqual({ type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' });
    expect(inputs).toEqual([decoded]);
  });

  it('tells Claude of every wrong field: where, what was expected and what was found', async () => {
    const { tool, inputs } = spied<object>(make);
    const event = await runCall(tool, bad);
    const { result } = event;
    expect(inputs).toEqual([]);
    expect(result).toMatchObject({ is_error: true });
    expect(failureOf(event)).toMatchObject({ _tag: 'InvalidInput', input: bad });
    const [first, ...rest] = textOf(result).split('\n');
    expect(first).toBe('The input of `forecast` does not match its schema:');
    expect(rest.at(-1)).toBe('Correct these fields and try again.');
    const told = rest.slice(0, -1);
    expect(told).toHaveLength(lines.length);
    for (const line of lines)
      expect(told).toContainEqual(typeof line === 'string' ? line : expect.stringMatching(line));
  });
});

describe('a wrong input', () => {
  const strict = (input: Parameters<typeof defineTool>[0]['input']): Tool =>
    defineTool({ ...common, input, input_schema: { type: 'object' }, run: () => 'ran' });

  it.each([
    ['io-ts', t.type({ list: t.array(t.type({ 'odd key': t.number })) })],
    ['zod', z.object({ list: z.array(z.object({ 'odd key': z.number() })) })],
    ['valibot', v.object({ list: v.array(v.object({ 'odd key': v.number() })) })],
    ['arktype', type({ list: type({ 'odd key': 'number' }).array() })],
    [
      'jsonSchema',
      jsonSchema({
        type: 'object',
        properties: {
          list: { type: 'array', items: { type: 'object', properties: { 'odd key': { type: 'number' } } } },
        },
      }),
    ],
  ])('deep inside has its whole path: %s', async (_, schema) => {
    const { result } = await runCall(strict(schema), { list: [{ 'odd key': 1 }, { 'odd key': 'x' }] });
    expect(result.content).toContain('\n- list[1]["odd key"]: ');
    expect(result.content).toContain('"x" (string)');
  });

  it.each([
    ['io-ts', t.type({ constructor: t.string, toString: t.string })],
    ['zod', z.object({ constructor: z.string(), toString: z.string() })],
    ['valibot', v.object({ constructor: v.string(), toString: v.string() })],
    ['arktype', type({ constructor: 'string', toString: 'string' })],
    [
      'jsonSchema',
      jsonSchema({
        type: 'object',
        properties: { constructor: { type: 'string' }, toString: { type: 'string' } },
        required: ['constructor', 'toString'],
      } as const),
    ],
  ])('that lacks a field which every object inherits is told so: %s', async (_, schema) => {
    const event = await runCall(strict(schema), {});
    expect(failureOf(event)).toMatchObject({ _tag: 'InvalidInput' });
    expect(event.result.content).toMatch(/- constructor: .*it is missing/);
  });

  it.each([
    ['io-ts', t.exact(t.type({ a: t.number }))],
    ['zod', z.strictObject({ a: z.number() })],
    ['valibot', v.strictObject({ a: v.number() })],
    ['arktype', type({ a: 'number', '+': 'reject' })],
    [
      'jsonSchema',
      jsonSchema({
        type: 'object',
        properties: { a: { type: 'number' } },
        required: ['a'],
        additionalProperties: false,
      }),
    ],
  ])('with `__proto__` and `constructor` keys pollutes nothing: %s', async (_, schema) => {
    const { tool, inputs } = spied<Record<string, unknown>>((run) =>
      defineTool({ ...common, input: schema, input_schema: { type: 'object' }, run: run }),
    );
    const text = '{"a":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const { result } = await runCall(tool, text);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(inputs.every((input) => input['polluted'] === undefined)).toBe(true);
    expect(typeof result.content).toBe('string');
  });

  it.each([
    ['io-ts', t.type({ a: t.number, b: t.number })],
    ['zod', z.object({ a: z.number(), b: z.number() })],
    ['valibot', v.object({ a: v.number(), b: v.number() })],
    ['arktype', type({ a: 'number', b: 'number' })],
    ['jsonSchema', jsonSchema({ type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } })],
  ])('shows long and odd values cut, and on one line: %s', async (_, schema) => {
    const { result } = await runCall(strict(schema), { a: 'x'.repeat(5000), b: 'line\nbreak' });
    const lines = textOf(result).split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.length).toBeLessThan(300);
    expect(result.content).toContain('"line\\nbreak" (string)');
  });

  it('shows a hundred wrong fields and counts the others', async () => {
    const event = await runCall(strict(t.type({ list: t.array(t.number) })), {
      list: Array.from({ length: 130 }, () => 'x'),
    });
    expect(textOf(event.result).match(/^- list\[/gm)).toHaveLength(100);
    expect(event.result.content).toContain('- and 30 more');
    expect((failureOf(event) as InvalidInput).issues).toHaveLength(130);
  });

  it('whose found value is no JSON, since an earlier step had converted it, is told all the same', async () => {
    const converted = t.string.pipe(
      new t.Type<{ n: unknown }, string>(
        'Counts',
        (value): value is { n: unknown } => typeof value === 'object',
        (value) => t.success({ n: BigInt(value as string) }),
        String,
      ),
    );
    const codec = t.type({ count: converted.pipe(t.type({ n: t.number }) as never) });
    const tool = strict(codec);
    const { result } = await runCall(tool, { count: '5' });
    expect(result).toMatchObject({ is_error: true });
    expect(result.content).toContain('5');
  });

  it('that is no object, or no JSON, never reaches the schema', async () => {
    const tool = strict(t.unknown);
    const array = await runCall(tool, '[1]');
    expect(failureOf(array)).toMatchObject({ _tag: 'NotAnObject', text: '[1]' });
    expect(array.result.content).toContain('found [1] (array)');
    const cut = await runCall(tool, '{"a":');
    expect(failureOf(cut)).toMatchObject({ _tag: 'InvalidJson', text: '{"a":' });
    expect(cut.result.content).toBe('{"INVALID_JSON":"{\\"a\\":"}');
  });

  it('that an asynchronous check answers with a promise of another realm is found too', async () => {
    const thenable = {
      then: (resolve: (result: object) => void) => {
        resolve({ issues: [{ message: 'wrong', path: ['a'] }] });
      },
    };
    const schema = { '~standard': { version: 1, vendor: 'mine', validate: () => thenable } } as never;
    const { result } = await runCall(strict(schema), { a: 1 });
    expect(result).toMatchObject({ is_error: true });
    expect(result.content).toContain('- a: wrong (found 1 (number))');
  });

  it('whose path is made of `{ key }` segments reads the same', async () => {
    const issues = [{ message: 'wrong', path: [{ key: 'list' }, { key: 0 }, 'x'] }];
    const schema = { '~standard': { version: 1, vendor: 'mine', validate: () => ({ issues }) } } as never;
    const { result } = await runCall(strict(schema), { list: [{ x: 7 }] });
    expect(result.content).toContain('- list[0].x: wrong (found 7 (number))');
  });
});

describe('a definition', () => {
  it('carries the fields of the API that stand beside, and no others', () => {
    const { definition } = defineTool({
      ...common,
      input: t.type({}),
      strict: true,
      cache_control: { type: 'ephemeral' },
      defer_loading: true,
      eager_input_streaming: true,
      input_examples: [{}],
      allowed_callers: ['direct'],
      idempotent: true,
      timeout: 5,
      maxResultChars: 5,
      run: () => 1,
    });
    expect(definition).toEqual({
      name: 'forecast',
      description: 'The forecast.',
      input_schema: { type: 'object', properties: {} },
      strict: true,
      cache_control: { type: 'ephemeral' },
      defer_loading: true,
      eager_input_streaming: true,
      input_examples: [{}],
      allowed_callers: ['direct'],
    });
  });

  it('leaves the options and the schema of the caller as they were, frozen ones too', () => {
    const schema = deepFreeze({ $schema: 'x', type: 'object', properties: { a: { type: 'string' } } } as const);
    const { definition } = defineTool(Object.freeze({ ...common, input: jsonSchema(schema), run: () => 1 }));
    expect(definition.input_schema).toEqual({ type: 'object', properties: { a: { type: 'string' } } });
    expect(schema).toHaveProperty('$schema');
  });
});
