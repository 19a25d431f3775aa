import type { BetaToolUnion } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { isTool } from './isTool.js';
import type { ToolEntry } from './Tool.js';

/** What goes on the wire for an entry of `tools`: API fields only. A plain definition comes back as it is. */
export function toToolDefinition(entry: ToolEntry): BetaToolUnion {
  if (isTool(entry)) return entry.definition;
  const fields = Object.entries(entry);
  if (!fields.some(isFunction)) return entry as BetaToolUnion;
  return Object.fromEntries(fields.filter((field) => !isFunction(field))) as unknown as BetaToolUnion;
}

function isFunction([, value]: [string, unknown]): boolean {
  return typeof value === 'function';
}
