import { isJsonObject } from '../json/isJsonObject.js';
import { parseJson } from '../json/parseJson.js';

/** The fields of a message, a block or a tool, whatever they hold. */
export type Fields = Readonly<Record<string, unknown>>;

/** A content block of unknown origin: all that is certain is its type. */
export interface Block extends Fields {
  readonly type: string;
}

/** A content block of any TypeScript type. */
interface Typed {
  readonly type: string;
}

/** Who a message is from. */
export type Role = 'user' | 'assistant' | 'system';

export function isBlock(value: unknown): value is Block {
  return isJsonObject(value) && typeof value['type'] === 'string';
}

/** Whether a block calls a tool that the server runs. */
export function isServerCall({ type }: Typed): boolean {
  return type === 'server_tool_use' || type === 'mcp_tool_use';
}

/** Whether a block is the result of a tool that the server ran. */
export function isServerResult({ type }: Typed): boolean {
  return type.endsWith('_tool_result');
}

export function isThinking({ type }: Typed): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** Whether a block is thinking without the signature that the API gives it. */
export function isUnsigned(block: Typed): boolean {
  const { signature } = fieldsOf(block);
  return block.type === 'thinking' && (typeof signature !== 'string' || signature === '');
}

/** Whether a block is a text with citations. A user's text may not have any. */
export function isCited(block: Typed): boolean {
  const { citations } = fieldsOf(block);
  return block.type === 'text' && Array.isArray(citations) && citations.length > 0;
}

/** Whether a block is an empty text, which Claude can write and the API refuses to read. */
export function isEmptyText(block: Typed): boolean {
  return block.type === 'text' && fieldsOf(block)['text'] === '';
}

/** Whether a message is nothing but white space, which the API refuses. */
export function isBlank(blocks: readonly Typed[]): boolean {
  return blocks.every(isBlankText) && !blocks.every(isEmptyText);
}

function isBlankText(block: Typed): boolean {
  const { text } = fieldsOf(block);
  return block.type === 'text' && typeof text === 'string' && text.trim() === '';
}

/** Who made a call: `direct` for Claude itself. `undefined` as well, where the server does not say it. */
export function callerTypeOf(call: Typed): string | undefined {
  return textIn(fieldsOf(call)['caller'], 'type');
}

/** Whether code that Claude runs made a call. The result of such a call holds only text. */
export function isProgrammatic(call: Typed): boolean {
  return callerTypeOf(call)?.startsWith('code_execution_') === true;
}

/** The id of the server tool whose code made a call; `undefined` for a call of Claude's own. */
export function callerOf(call: Typed): string | undefined {
  return textIn(fieldsOf(call)['caller'], 'tool_id');
}

function textIn(value: unknown, field: string): string | undefined {
  const text = isJsonObject(value) ? value[field] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** The ids of the server tools in Claude's blocks that have no result there. */
export function openServerTools(blocks: readonly Typed[]): Set<unknown> {
  const open = new Set(blocks.flatMap((block) => (isServerCall(block) ? [fieldsOf(block)['id']] : [])));
  for (const block of blocks) open.delete(fieldsOf(block)['tool_use_id']);
  return open;
}

/** Whether a block is a call that the code of one of these server tools made. */
export function isMadeBy<T extends Typed>(
  block: T,
  serverTools: ReadonlySet<unknown>,
): block is T & { readonly id: string } {
  return typeof fieldsOf(block)['id'] === 'string' && serverTools.has(callerOf(block));
}

/** The input of a call, even if it is still JSON text; `undefined` if that gives no object, as after a cut. */
export function readInput(call: Typed): Fields | undefined {
  const { input } = fieldsOf(call);
  const parsed = typeof input === 'string' ? parseJson(input) : { ok: true as const, value: input };
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}

/** The call with an object as its input, for the API takes nothing else: `{}` if it has none. */
export function withObjectInput<T extends Typed>(call: T): T {
  const { input } = fieldsOf(call);
  return isJsonObject(input) ? call : { ...call, input: readInput(call) ?? {} };
}

/** The blocks in the content of a block, such as a `tool_result`. */
export function innerBlocks({ content }: Block): readonly unknown[] {
  return Array.isArray(content) ? content : [];
}

/** Whether a field goes on the wire: JSON leaves out what it cannot express. */
export function isSent(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

/** The object without some of its fields; the same object if there are none. */
export function withoutFields<T extends Fields>(fields: T, names: readonly string[]): T {
  if (names.length === 0) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !names.includes(field))) as T;
}

function fieldsOf(block: Typed): Fields {
  return block as unknown as Fields;
}
