import * as t from 'io-ts';
import { defineTool, jsonSchema } from 'rxclaude';
import type { Tool, ToolContext } from 'rxclaude';

type Input = Readonly<Record<string, unknown>>;

/** A tool that takes any object. */
export function anyTool(
  name: string,
  run: (input: Input, context: ToolContext) => unknown,
  more: { idempotent?: boolean; timeout?: number; maxResultChars?: number; cache_control?: { type: 'ephemeral' } } = {},
): Tool {
  const input = jsonSchema({ type: 'object' });
  return defineTool({ name, description: `The tool ${name}.`, input, ...more, run: run });
}

/** A tool that says what it was given. */
export const echo = anyTool('echo', (input) => input);

/** A tool with a schema that can be broken. */
export const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  input: t.type({ a: t.number, b: t.number }),
  run: ({ a, b }) => a + b,
}) as unknown as Tool;
