import type { BetaContentBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { RoundEvent } from '../events/RoundEvent.js';
import { parseJson } from '../json/parseJson.js';

type BlockStart = Extract<RoundEvent, { type: 'content_block_start' }>;
type BlockDelta = Extract<RoundEvent, { type: 'content_block_delta' }>;

/** One content block: as it was last shown, and what has come since. */
interface Entry {
  readonly index: number;
  block: BetaContentBlock;
  /** Fields that differ from `block`; `undefined` when none does. */
  changes: Record<string, unknown> | undefined;
  /** The text of a tool's input, while it is being written. */
  inputText: string | undefined;
}

/** The content blocks of one message, in the order of their index. */
export interface Blocks {
  /** Forgets all blocks and begins with those that a `message_start` carried. */
  reset(content: readonly BetaContentBlock[] | undefined): void;
  start(event: BlockStart): boolean;
  addDelta(event: BlockDelta): boolean;
  stop(index: number): boolean;
  /** Ends every block that is still open. */
  stopAll(): boolean;
  /** All blocks; those that have not changed are the same objects as before. */
  content(): BetaContentBlock[];
}

/** Makes an empty list of blocks. */
export function createBlocks(): Blocks {
  let entries: Entry[] = [];
  let byIndex = new Map<number, Entry>();

  return {
    reset(content = []) {
      entries = content.map((block, index) => ({ index, block, changes: undefined, inputText: undefined }));
      byIndex = new Map(entries.map((entry) => [entry.index, entry]));
    },
    start({ index, content_block }) {
      const entry: Entry = {
        index,
        block: content_block as BetaContentBlock,
        changes: undefined,
        inputText: undefined,
      };
      const later = entries.findIndex((other) => other.index > index);
      entries.splice(later === -1 ? entries.length : later, 0, entry);
      byIndex.set(index, entry);
      return true;
    },
    addDelta({ index, delta }) {
      const entry = byIndex.get(index);
      return entry !== undefined && applyDelta(entry, delta);
    },
    stop(index) {
      const entry = byIndex.get(index);
      return entry !== undefined && endInput(entry);
    },
    stopAll() {
      let changed = false;
      for (const entry of entries) changed = endInput(entry) || changed;
      return changed;
    },
    content() {
      return entries.map(show);
    },
  };
}

/** Applies a delta if it fits the block's type; any other delta is none of ours. */
function applyDelta(entry: Entry, delta: BlockDelta['delta']): boolean {
  const { type } = entry.block;
  switch (delta.type) {
    case 'text_delta':
      return type === 'text' && change(entry, 'text', textOf(entry, 'text') + delta.text);
    case 'thinking_delta':
      return type === 'thinking' && change(entry, 'thinking', textOf(entry, 'thinking') + delta.thinking);
    case 'signature_delta':
      return type === 'thinking' && change(entry, 'signature', delta.signature);
    case 'citations_delta':
      return entry.block.type === 'text' && addCitation(entry, entry.block.citations, delta.citation);
    case 'input_json_delta':
      if (type !== 'tool_use' && type !== 'server_tool_use' && type !== 'mcp_tool_use') return false;
      entry.inputText = (entry.inputText ?? '') + delta.partial_json;
      return false;
    case 'compaction_delta':
      return type === 'compaction' && changeAll(entry, { ...delta, type });
    default:
      return false;
  }
}

function change(entry: Entry, field: string, value: unknown): true {
  entry.changes ??= {};
  entry.changes[field] = value;
  return true;
}

function changeAll(entry: Entry, fields: Record<string, unknown>): true {
  entry.changes = { ...entry.changes, ...fields };
  return true;
}

function textOf(entry: Entry, field: 'text' | 'thinking'): string {
  const text = entry.changes?.[field] ?? (entry.block as Partial<Record<typeof field, unknown>>)[field];
  return typeof text === 'string' ? text : '';
}

function addCitation(entry: Entry, before: readonly unknown[] | null | undefined, citation: unknown): true {
  const citations = entry.changes?.['citations'];
  if (Array.isArray(citations)) citations.push(citation);
  else change(entry, 'citations', [...(before ?? []), citation]);
  return true;
}

/** Sets a tool's input once its text is complete. Text that is not JSON is never repaired: the input is `{}`. */
function endInput(entry: Entry): boolean {
  if (entry.inputText === undefined) return false;
  const parsed = entry.inputText === '' ? undefined : parseJson(entry.inputText);
  entry.inputText = undefined;
  return change(entry, 'input', parsed?.ok === true ? parsed.value : {});
}

function show(entry: Entry): BetaContentBlock {
  if (entry.changes !== undefined) {
    entry.block = { ...entry.block, ...entry.changes };
    entry.changes = undefined;
  }
  return entry.block;
}
