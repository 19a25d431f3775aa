import type { BetaTool } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { ToolDefinitionError } from '../../errors/ToolDefinitionError.js';
import { messageOf } from '../../errors/messageOf.js';
import { isJsonObject } from '../../json/isJsonObject.js';
import { isStandardSchema } from './decodeWith.js';
import { ioTsJsonSchema } from '../../ioTs/ioTsJsonSchema.js';
import type { ToolInputSchema } from './ToolInputSchema.js';

/** What the API demands of a property's name (400 otherwise). */
const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/**
 * The JSON Schema of a tool's input, as Claude is shown it.
 *
 * @throws ToolDefinitionError when there is none, or when the API would refuse it.
 */
export function inputSchemaOf(tool: string, input: ToolInputSchema): BetaTool.InputSchema {
  const schema = derive(tool, input);
  checkRoot(tool, schema);
  return schema as BetaTool.InputSchema;
}

/**
 * Checks what the API demands of the root of an `input_schema`.
 *
 * @throws ToolDefinitionError naming what the API would refuse.
 */
export function checkRoot(tool: string, schema: Record<string, unknown>): void {
  for (const keyword of ['oneOf', 'allOf', 'anyOf']) {
    if (keyword in schema) {
      throw new ToolDefinitionError(
        tool,
        `its \`input\` has ${keyword} at the top level, which the API refuses. Put it into a field.`,
      );
    }
  }
  if (schema['type'] !== 'object') {
    throw new ToolDefinitionError(
      tool,
      `its \`input\` must describe an object, found ${JSON.stringify(schema['type'])}.`,
    );
  }
  const properties = isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  const refused = properties.find((name) => !PROPERTY_NAME.test(name));
  if (refused !== undefined) {
    throw new ToolDefinitionError(
      tool,
      `its \`input\` has a field named ${JSON.stringify(refused)}; the API takes only names that match ${PROPERTY_NAME.source}.`,
    );
  }
}

function derive(tool: string, input: ToolInputSchema): Record<string, unknown> {
  try {
    return isStandardSchema(input) ? fromStandard(tool, input) : { ...ioTsJsonSchema(input) };
  } catch (error) {
    if (error instanceof ToolDefinitionError) throw error;
    throw new ToolDefinitionError(tool, messageOf(error), { cause: error });
  }
}

function fromStandard(tool: string, input: StandardSchemaV1): Record<string, unknown> {
  const standard: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> = input['~standard'];
  if (standard.jsonSchema === undefined) {
    throw new ToolDefinitionError(
      tool,
      `its \`input\` (${standard.vendor}) cannot give a JSON Schema by itself. Give one as \`input_schema\`, ` +
        `or wrap the schema (valibot: \`toStandardJsonSchema\` of @valibot/to-json-schema).`,
    );
  }
  const { $schema: _, ...schema } = standard.jsonSchema.input({ target: 'draft-2020-12' });
  return schema;
}
