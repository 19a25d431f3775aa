import type { BetaTool } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { RxClaudeError } from '../errors/RxClaudeError.js';
import { toolDefinitionError } from '../errors/failures.js';
import { checkCount, checkFunction, checkMilliseconds } from '../errors/checkOption.js';
import { OPTIONAL_TOOL_FIELDS, PROPERTY_NAME, schemaProblems, TOOL_NAME, type SchemaProblem } from '../rules/tools.js';
import { messageOf } from '../errors/messageOf.js';
import { ioTsJsonSchema } from '../ioTs/ioTsJsonSchema.js';
import { decodeWith, isStandardSchema } from './input/decodeWith.js';
import type { Decoded, Guard, Tool, ToolContext, ToolReturn } from './Tool.js';
import type { InputOf, ToolInputSchema } from './input/ToolInputSchema.js';

/**
 * What makes a tool. The API's own optional fields (`strict`, `cache_control`, `defer_loading`,
 * `eager_input_streaming`, `input_examples`, `allowed_callers`) may be given too, and are sent unchanged.
 */
export interface ToolOptions<Schema extends ToolInputSchema, Output> extends Omit<
  BetaTool,
  'name' | 'description' | 'input_schema' | 'type'
> {
  /** The name that Claude calls: at most 128 letters, digits, `_` and `-`. */
  readonly name: string;
  /** What it does and when to use it, for Claude. */
  readonly description: string;
  /**
   * Its input. The type of `run`'s argument, the run-time check and the schema that Claude sees are derived from it.
   */
  readonly input: Schema;
  /** The JSON Schema that Claude sees, for a Standard Schema that cannot provide one. */
  readonly input_schema?: BetaTool.InputSchema;
  /**
   * Whether running it twice does no harm, as with a look-up. Such a tool starts as soon as its input is complete; any
   * other waits until Claude's reply has ended with `tool_use`. Default: false.
   */
  readonly idempotent?: boolean;
  /** Its own time limit in milliseconds. Default: the limit of `executeTools`. */
  readonly timeout?: number;
  /** The most characters of its result that Claude is shown. Default: the limit of `executeTools`. */
  readonly maxResultChars?: number;
  /**
   * Decides whether each call may run, with the decoded input: `true` or nothing lets it through, a string tells Claude
   * why not. May answer later, with a promise or an Observable. Asked after the `guard` of `executeTools`. Default:
   * none.
   */
  readonly guard?: Guard<InputOf<Schema>>;
  /**
   * Does the work. May return a value, a promise, an async iterable or an Observable (the last value of the latter two
   * is the result; those before it are progress). What it throws goes to Claude as an error result.
   */
  readonly run: (input: InputOf<Schema>, context: ToolContext) => ToolReturn<Output>;
}

/**
 * Makes a tool that Claude can call and this program can run, from one description of its input.
 *
 * @returns The tool, for a request's `tools` and for the `tools` of `validateWith` and `executeTools`.
 * @throws ToolDefinitionError at once when the API would refuse the tool, or when `input` cannot be expressed as JSON
 * Schema; the message names the path.
 * @throws OptionError when a limit is invalid.
 * @example
 * ```ts
 * import { defineTool } from 'rxclaude';
 * import * as t from 'io-ts';
 *
 * const getWeather = defineTool({
 *   name: 'get_weather',
 *   description: 'The current weather in a city.',
 *   input: t.type({ city: t.string }),
 *   idempotent: true,
 *   run: async ({ city }, { signal }) => {
 *     const response = await fetch(`https://weather.example/${encodeURIComponent(city)}`, { signal });
 *     return response.text();
 *   },
 * });
 * ```
 */
export function defineTool<Schema extends ToolInputSchema, Output>(
  options: ToolOptions<Schema, Output>,
): Tool<InputOf<Schema>, Output> {
  const { name, description, input, input_schema, idempotent = false, timeout, maxResultChars, guard, run } = options;
  if (!TOOL_NAME.test(name)) {
    throw toolDefinitionError(name, `its name must match ${TOOL_NAME.source}.`);
  }
  checkMilliseconds('defineTool.timeout', timeout);
  checkCount('defineTool.maxResultChars', maxResultChars);
  checkFunction('defineTool.guard', guard);
  if (input_schema !== undefined) checkRoot(name, input_schema);
  const definition: BetaTool = {
    ...optionalFields(options),
    name,
    description,
    input_schema: input_schema ?? inputSchemaOf(name, input),
  };
  const decode = decodeWith(input) as (value: unknown) => Decoded<InputOf<Schema>> | Promise<Decoded<InputOf<Schema>>>;
  return { name, definition, idempotent, timeout, maxResultChars, ...(guard && { guard }), decode, run };
}

/** The API's own optional fields of a tool. The API would refuse any other. */
function optionalFields(options: Partial<BetaTool>): Partial<BetaTool> {
  const given = OPTIONAL_TOOL_FIELDS.filter((field) => options[field] !== undefined);
  return Object.fromEntries(given.map((field) => [field, options[field]]));
}

/**
 * The JSON Schema of a tool's input, as Claude sees it.
 *
 * @throws ToolDefinitionError when there is none, or when the API would refuse it.
 */
function inputSchemaOf(tool: string, input: ToolInputSchema): BetaTool.InputSchema {
  const schema = derive(tool, input);
  checkRoot(tool, schema);
  return schema as BetaTool.InputSchema;
}

/**
 * Checks what the API requires of the root of an `input_schema`.
 *
 * @throws ToolDefinitionError that names what the API would refuse.
 */
function checkRoot(tool: string, schema: Record<string, unknown>): void {
  const [problem] = schemaProblems(schema);
  if (problem !== undefined) throw toolDefinitionError(tool, `its \`input\` ${wordsFor(problem)}.`);
}

function wordsFor({ field, found }: SchemaProblem): string {
  switch (field) {
    case '':
      return `has ${String(found)} at the top level. Put it into a field`;
    case '.type':
      return `must describe an object, found ${JSON.stringify(found)}`;
    case '.properties':
      return `has a field ${JSON.stringify(found)}, and names must match ${PROPERTY_NAME.source}`;
  }
}

function derive(tool: string, input: ToolInputSchema): Record<string, unknown> {
  try {
    return isStandardSchema(input) ? fromStandard(tool, input) : { ...ioTsJsonSchema(input) };
  } catch (error) {
    if (RxClaudeError.is(error, 'ToolDefinitionError')) throw error;
    throw toolDefinitionError(tool, messageOf(error), { cause: error });
  }
}

function fromStandard(tool: string, input: StandardSchemaV1): Record<string, unknown> {
  const standard: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> = input['~standard'];
  if (standard.jsonSchema === undefined) {
    throw toolDefinitionError(
      tool,
      `its \`input\` (${standard.vendor}) has no JSON Schema. Pass one as \`input_schema\`, ` +
        `or wrap the schema (valibot: \`toStandardJsonSchema\` of @valibot/to-json-schema).`,
    );
  }
  const { $schema: _, ...schema } = standard.jsonSchema.input({ target: 'draft-2020-12' });
  return schema;
}
