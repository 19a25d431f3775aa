import { isBlock, isObject } from './view.js';
import type { Block, JsonObject, Served, ServedBlock } from './view.js';

/** What a client must have understood after a list of events. Written apart from the library, so that it can judge it. */
export function readServed(events: readonly object[]): Served {
  const reading: Reading = { blocks: new Map(), stopReason: null, complete: false };
  for (const event of events) if (isBlock(event)) readEvent(reading, event);
  const { stopReason, containerId, complete } = reading;
  // A block's place is its index, whichever of them begins first.
  const inOrder = [...reading.blocks].sort(([left], [right]) => Number(left) - Number(right));
  const content = inOrder.map(([, open]) => finish(open));
  return { content, stopReason, complete, ...(containerId !== undefined && { containerId }) };
}

interface Reading {
  readonly blocks: Map<unknown, Open>;
  stopReason: string | null;
  containerId?: string;
  complete: boolean;
}

/** A block in the making, and the JSON text of its input. */
interface Open {
  block: Block;
  raw: string;
}

function readEvent(reading: Reading, event: Block): void {
  const { type, index } = event;
  const open = reading.blocks.get(index);
  if (type === 'message_start' && isObject(event.message)) readStart(reading, event.message);
  else if (type === 'content_block_start' && isBlock(event.content_block)) {
    reading.blocks.set(index, { block: event.content_block, raw: '' });
  } else if (type === 'content_block_delta' && isBlock(event.delta) && open) readDelta(open, event.delta);
  else if (type === 'message_delta' && isObject(event.delta)) readEnd(reading, event.delta);
  else if (type === 'message_stop') reading.complete = true;
}

function readStart(reading: Reading, { content, container }: JsonObject): void {
  const prefilled = Array.isArray(content) ? content.filter(isBlock) : [];
  for (const [index, block] of prefilled.entries()) reading.blocks.set(index, { block, raw: '' });
  readContainer(reading, container);
}

function readEnd(reading: Reading, { stop_reason: stopReason, container }: JsonObject): void {
  if (typeof stopReason === 'string') reading.stopReason = stopReason;
  readContainer(reading, container);
}

function readContainer(reading: Reading, container: unknown): void {
  if (isObject(container) && typeof container.id === 'string') reading.containerId = container.id;
}

const inputTypes = ['tool_use', 'server_tool_use', 'mcp_tool_use'];

/** A delta of the wrong type for its block, or of an unknown type, changes nothing: so does the SDK. */
function readDelta(open: Open, delta: Block): void {
  const { block } = open;
  if (delta.type === 'input_json_delta' && inputTypes.includes(block.type)) open.raw += String(delta.partial_json);
  else open.block = { ...block, ...changes(block, delta) };
}

function changes(block: Block, delta: Block): JsonObject {
  switch (`${block.type}/${delta.type}`) {
    case 'text/text_delta':
      return { text: joined(block.text, delta.text) };
    case 'text/citations_delta':
      return { citations: [...(Array.isArray(block.citations) ? (block.citations as unknown[]) : []), delta.citation] };
    case 'thinking/thinking_delta':
      return { thinking: joined(block.thinking, delta.thinking) };
    case 'thinking/signature_delta':
      return { signature: delta.signature };
    case 'compaction/compaction_delta':
      return { ...delta, type: block.type };
    default:
      return {};
  }
}

const joined = (text: unknown, piece: unknown): string =>
  [text, piece].filter((part) => typeof part === 'string').join('');

function finish({ block, raw }: Open): ServedBlock {
  if (raw === '') return { block, invalidInput: inputTypes.includes(block.type) && !isObject(block.input) };
  const input = parsed(raw);
  return isObject(input) ? { block: { ...block, input }, invalidInput: false } : { block, invalidInput: true };
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
