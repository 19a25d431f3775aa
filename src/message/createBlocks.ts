import type { BetaContentBlock } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { RoundEvent } from '../events/RoundEvent.js';
import { GrowingText } from '../json/GrowingText.js';
import { LONGEST_JSON, parseJson } from '../json/parseJson.js';

type BlockStart = Extract<RoundEvent, { type: 'content_block_start' }>;
type BlockDelta = Extract<RoundEvent, { type: 'content_block_delta' }>;

/** One content block: as it was last shown, and what arrived since. */
interface Entry {
  readonly index: number;
  block: BetaContentBlock;
  /** Whether its `content_block_stop` is still to come. */
  open: boolean;
  /** Whether `block` is out of date. */
  stale: boolean;
  /** The text of a `text` or `thinking` block, or of a tool's input, while Claude writes it. */
  text: GrowingText | undefined;
  /** Other fields that differ from `block`. */
  changes: Record<string, unknown> | undefined;
}

/** The content blocks of one message, in the order of their index. */
export interface Blocks {
  /** Drops all blocks and begins with those of a `message_start`. */
  reset(content?: readonly BetaContentBlock[]): void;
  start(event: BlockStart): boolean;
  addDelta(event: BlockDelta): boolean;
  stop(index: number): boolean;
  /** Ends every block that is still open. */
  stopAll(): boolean;
  /** All blocks; those that have not changed are the same objects as before. */
  content(): BetaContentBlock[];
  /** The complete blocks, and the text so far. */
  wholeContent(): BetaContentBlock[];
  /** How many characters of text, thinking and inputs Claude wrote. */
  chars(): number;
}

/** Makes an empty list of blocks. */
export function createBlocks(): Blocks {
  let entries: Entry[] = [];
  let byIndex = new Map<number, Entry>();
  /** The block that changed last: nearly always the one of the next delta. */
  let latest: Entry | undefined;

  const find = (index: number): Entry | undefined => {
    if (latest?.index !== index) latest = byIndex.get(index);
    return latest;
  };

  return {
    reset(content = []) {
      entries = content.map((block, index) => createEntry(index, block, false));
      byIndex = new Map(entries.map((entry) => [entry.index, entry]));
      latest = undefined;
    },
    start({ index, content_block }) {
      const entry = createEntry(index, content_block as BetaContentBlock, true);
      const later = entries.findIndex((other) => other.index > index);
      entries.splice(later === -1 ? entries.length : later, 0, entry);
      byIndex.set(index, entry);
      latest = entry;
      return true;
    },
    addDelta({ index, delta }) {
      const entry = find(index);
      return entry !== undefined && applyDelta(entry, delta);
    },
    stop(index) {
      const entry = find(index);
      return entry !== undefined && end(entry);
    },
    stopAll() {
      let changed = false;
      for (const entry of entries) changed = end(entry) || changed;
      return changed;
    },
    content() {
      return entries.map(show);
    },
    wholeContent() {
      return entries.filter(({ open, block }) => !open || block.type === 'text').map(show);
    },
    chars() {
      return entries.reduce((sum, entry) => sum + charsIn(entry), 0);
    },
  };
}

function createEntry(index: number, block: BetaContentBlock, open: boolean): Entry {
  return { index, block, open, stale: false, text: undefined, changes: undefined };
}

/** Applies a delta if it fits the block's type, and ignores any other. */
function applyDelta(entry: Entry, delta: BlockDelta['delta']): boolean {
  const { block } = entry;
  const { type } = block;
  switch (delta.type) {
    case 'text_delta':
      return type === 'text' && grow(entry, block.text, delta.text);
    case 'thinking_delta':
      return type === 'thinking' && grow(entry, block.thinking, delta.thinking);
    case 'signature_delta':
      return type === 'thinking' && change(entry, { signature: delta.signature });
    case 'citations_delta':
      return type === 'text' && addCitation(entry, block.citations, delta.citation);
    case 'input_json_delta':
      // The input is shown once it is complete.
      if (isCall(type)) addInput((entry.text ??= new GrowingText()), delta.partial_json);
      return false;
    case 'compaction_delta':
      return type === 'compaction' && change(entry, { ...delta, type });
    default:
      return false;
  }
}

function isCall(type: string): boolean {
  return type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use';
}

/** Text beyond the longest input is not kept: `parseJson` refuses it. */
function addInput(text: GrowingText, piece: string): void {
  if (text.length <= LONGEST_JSON) text.add(piece);
}

function grow(entry: Entry, before: string, piece: string): true {
  (entry.text ??= new GrowingText(before)).add(piece);
  entry.stale = true;
  return true;
}

function change(entry: Entry, fields: Record<string, unknown>): true {
  entry.changes = { ...entry.changes, ...fields };
  entry.stale = true;
  return true;
}

function addCitation(entry: Entry, before: readonly unknown[] | null | undefined, citation: unknown): true {
  const citations = entry.changes?.['citations'];
  if (Array.isArray(citations)) citations.push(citation);
  else change(entry, { citations: [...(before ?? []), citation] });
  return true;
}

function charsIn(entry: Entry): number {
  const { block, text } = entry;
  if (text !== undefined) return text.length;
  if (block.type === 'text') return block.text.length;
  if (block.type === 'thinking') return block.thinking.length;
  return isCall(block.type) && 'input' in block ? JSON.stringify(block.input ?? {}).length : 0;
}

/** Ends a block, and returns whether that changed it. From then on its text is kept only in the block itself. */
function end(entry: Entry): boolean {
  entry.open = false;
  if (isCall(entry.block.type)) return endInput(entry);
  show(entry);
  entry.text = undefined;
  return false;
}

/** Sets a tool's input once its text is complete. Text that is not JSON is never repaired: the input is `{}`. */
function endInput(entry: Entry): boolean {
  const text = entry.text?.read();
  if (text === undefined) return false;
  entry.text = undefined;
  const parsed = text === '' ? undefined : parseJson(text);
  return change(entry, { input: parsed?.ok === true ? parsed.value : {} });
}

/** The block as it is now. Copied and then set, because an object literal with a spread and fields is far slower. */
function show(entry: Entry): BetaContentBlock {
  if (!entry.stale) return entry.block;
  const block = { ...entry.block };
  if (entry.changes !== undefined) Object.assign(block, entry.changes);
  if (entry.text !== undefined) {
    if (block.type === 'text') block.text = entry.text.read();
    else if (block.type === 'thinking') block.thinking = entry.text.read();
  }
  entry.block = block;
  entry.stale = false;
  entry.changes = undefined;
  return block;
}
