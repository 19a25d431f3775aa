import type { Tool, ToolContext } from '../../../src/tools/Tool.js';

/** A tool without a schema, which takes any input. */
export function fakeTool(
  name: string,
  run: (input: unknown, context: ToolContext) => unknown,
  options: Partial<Omit<Tool, 'name' | 'run'>> = {},
): Tool {
  return {
    name,
    definition: { name, description: `The tool ${name}.`, input_schema: { type: 'object' } },
    idempotent: false,
    decode: (input) => ({ _tag: 'Right', right: input }),
    run,
    ...options,
  };
}
