import { isJsonObject } from '../json/isJsonObject.js';

/** The fields of a message, a block or a tool, whatever they hold. */
export type Fields = Readonly<Record<string, unknown>>;

/** A content block: all that is certain of it is that it has a type. */
export interface Block extends Fields {
  readonly type: string;
}

/** Whose message it is. */
export type Role = 'user' | 'assistant' | 'system';

export function isBlock(value: unknown): value is Block {
  return isJsonObject(value) && typeof value['type'] === 'string';
}

/** Whether a block calls a tool that the server runs. */
export function isServerCall({ type }: Block): boolean {
  return type === 'server_tool_use' || type === 'mcp_tool_use';
}

/** Whether a block is the result of a tool that the server ran. */
export function isServerResult({ type }: Block): boolean {
  return type.endsWith('_tool_result');
}

export function isThinking({ type }: Block): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** The id of the server tool whose code made a call; `undefined` for a call of Claude's own. */
export function callerOf({ caller }: Block): string | undefined {
  const id = isJsonObject(caller) ? caller['tool_id'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** Whether code that Claude runs made a call. */
export function isProgrammatic({ caller }: Block): boolean {
  const type = isJsonObject(caller) ? caller['type'] : undefined;
  return typeof type === 'string' && type.startsWith('code_execution_');
}

/** The blocks in the content of a block, such as those of a `tool_result`. */
export function innerBlocks({ content }: Block): readonly unknown[] {
  return Array.isArray(content) ? content : [];
}

/** Whether a field goes on the wire: JSON leaves out what it has no word for. */
export function isSent(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

/** The object without some of its fields. */
export function withoutFields<T extends Fields>(fields: T, isUnwanted: (field: string) => boolean): T {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !isUnwanted(field))) as T;
}
