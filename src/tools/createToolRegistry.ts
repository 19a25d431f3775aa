import { toolDefinitionError } from '../errors/failures.js';
import { messageOf } from '../errors/messageOf.js';
import type { ToolCallEvent } from '../events/RoundEvent.js';
import type { InputIssue } from '../events/ToolInputError.js';
import { isObject } from '../values/isObject.js';
import { valueAt } from './input/decodeWith.js';
import { isSdkRunnableTool, isTool } from './isTool.js';
import type { Decoded, RunnableTool, SdkRunnableTool, ToolContext, ToolEntry } from './Tool.js';

/** The tools that can run here, by name. */
export interface ToolRegistry {
  /** The tool that answers a call; `undefined` when this program has none. */
  find(call: ToolCallEvent): RunnableTool | undefined;
  /** The names of all tools that can run. */
  readonly names: readonly string[];
}

/**
 * Collects the tools that can run: those of `defineTool` and the SDK. The others are only offered to Claude.
 *
 * @throws ToolDefinitionError when two of them have the same name; the API refuses that too.
 */
export function createToolRegistry(tools: readonly ToolEntry[]): ToolRegistry {
  const byName = new Map<string, RunnableTool>();
  const names = new Set<string>();
  for (const entry of tools) {
    if (!('name' in entry)) continue;
    if (names.has(entry.name)) throw toolDefinitionError(entry.name, 'two tools have this name.');
    names.add(entry.name);
    const tool = toRunnable(entry);
    if (tool !== undefined) byName.set(tool.name, tool);
  }
  return {
    // A member of a toolset may have the same name as a tool of this program, but is not that tool.
    find: ({ name, tool_use }) => (tool_use.toolset_name == null ? byName.get(name) : undefined),
    names: [...byName.keys()],
  };
}

function toRunnable(entry: ToolEntry): RunnableTool | undefined {
  if (isTool(entry)) return entry;
  return isSdkRunnableTool(entry) ? fromSdkTool(entry) : undefined;
}

type SdkRun = (input: unknown, context: unknown) => unknown;

function fromSdkTool(tool: SdkRunnableTool): RunnableTool {
  return {
    name: tool.name,
    idempotent: false,
    decode: (input) => parseWith(tool, input),
    run: (input, context) => (tool.run as SdkRun)(input, sdkContext(context)),
  };
}

/** The SDK's tools check their input with `parse`, which throws: here that becomes an ordinary answer to Claude. */
function parseWith(tool: SdkRunnableTool, input: unknown): Decoded<unknown> {
  try {
    return { _tag: 'Right', right: tool.parse === undefined ? input : tool.parse(input) };
  } catch (error) {
    return { _tag: 'Left', left: issuesOf(error, input) };
  }
}

/** The issues of an error such as a `ZodError`, or the error itself as one issue. */
function issuesOf(error: unknown, input: unknown): InputIssue[] {
  const issues =
    isObject(error) && Array.isArray(error['issues']) ? (error['issues'] as unknown[]).filter(isObject) : [];
  if (issues.length === 0) return [{ path: [], expected: messageOf(error), found: input, message: messageOf(error) }];
  return issues.map((issue) => {
    const path = Array.isArray(issue['path'])
      ? issue['path'].map((key) => (typeof key === 'number' ? key : String(key)))
      : [];
    const message = String(issue['message']);
    return { path, expected: message, found: valueAt(input, path), message };
  });
}

function sdkContext({ call, signal }: ToolContext): unknown {
  return { toolUse: call.tool_use, toolUseBlock: call.tool_use, signal };
}
