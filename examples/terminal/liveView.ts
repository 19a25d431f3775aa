import { fieldsOf, outcomeOf, progressOf, retryNote } from './format.js';
import type { Shown } from './render.js';
import { clean, oneLine } from './text.js';

/** A paragraph that Claude writes. */
interface TextItem {
  readonly kind: 'text';
  readonly text: string;
  readonly done: boolean;
}

/** A tool, from the first letter of its input to its result. */
export interface ToolItem {
  readonly kind: 'tool';
  readonly id: string;
  readonly name: string;
  readonly input: string;
  readonly phase: 'writing' | 'waiting' | 'running' | 'ok' | 'failed' | 'stopped';
  readonly startedAt: number;
  readonly progress?: { readonly done: number; readonly of: number } | undefined;
  readonly duration?: number;
  readonly outcome?: string;
}

/** A line that separates. */
interface RuleItem {
  readonly kind: 'rule';
  readonly text: string;
}

export type Item = TextItem | ToolItem | RuleItem;

/** Everything on the screen, as a value. */
export interface View {
  readonly items: readonly Item[];
  /** The kind of the latest item, even when it is no longer among the items. */
  readonly latest: Item['kind'] | undefined;
  /** What Claude is doing while there is nothing to read. */
  readonly waiting: string | undefined;
  readonly calls: number;
}

export const EMPTY: View = { items: [], latest: undefined, waiting: undefined, calls: 0 };

/** Whether an item will not change again. */
export function isSettled(item: Item): boolean {
  if (item.kind === 'rule') return true;
  return item.kind === 'text' ? item.done : ['ok', 'failed', 'stopped'].includes(item.phase);
}

/** The view after one more event. */
export function update(view: View, shown: Shown, now: number): View {
  switch (shown.type) {
    case 'round_start':
      return { ...add(view, { kind: 'rule', text: `round ${String(shown.round)}` }), waiting: 'waiting for Claude' };
    case 'round_retry':
      return { ...add(stopTools(view), { kind: 'rule', text: retryNote(shown) }), waiting: 'waiting for Claude' };
    case 'content_block_start': {
      const { content_block: block } = shown;
      if (block.type === 'thinking' || block.type === 'redacted_thinking') return { ...view, waiting: 'thinking' };
      if (block.type !== 'tool_use') return { ...view, waiting: undefined };
      const call = { id: block.id, name: clean(block.name), input: '', phase: 'writing', startedAt: now } as const;
      return { ...add(view, { kind: 'tool', ...call }), waiting: undefined, calls: view.calls + 1 };
    }
    case 'content_block_delta':
      return shown.delta.type === 'text_delta' ? addText(view, shown.delta.text) : view;
    case 'growing_input':
      return shown.complete ? view : change(view, shown.id, { input: fieldsOf(shown.value) });
    case 'tool_call':
      return change(view, shown.id, {
        phase: 'waiting',
        ...(shown.input._tag === 'Right' && { input: fieldsOf(shown.input.right) }),
      });
    case 'tool_start':
      return change(view, shown.id, { phase: 'running', startedAt: now });
    case 'tool_progress':
      return change(view, shown.id, { progress: progressOf(shown.value) });
    case 'tool_result':
      return change(view, shown.id, {
        phase: shown.outcome._tag === 'Right' ? 'ok' : 'failed',
        duration: shown.duration,
        outcome: outcomeOf(shown),
      });
    case 'round_end':
      return finishText(view);
    case 'end':
      return { ...finishText(stopTools(view)), waiting: undefined };
    default:
      return view;
  }
}

function add(view: View, item: Item): View {
  const { items, latest } = finishText(view);
  const gap: Item[] = latest === undefined || latest === item.kind ? [] : [{ kind: 'rule', text: '' }];
  return { ...view, items: [...items, ...gap, item], latest: item.kind };
}

/** Each paragraph is an item; all but the last are done. */
function addText(view: View, text: string): View {
  const last = view.items.at(-1);
  const open = last?.kind === 'text' && !last.done;
  const { items } = open ? view : add(view, { kind: 'text', text: '', done: false });
  const before = open ? last.text : '';
  const paragraphs = (before + text).split('\n');
  const added = paragraphs.map((each, index): Item => {
    return { kind: 'text', text: clean(each), done: index < paragraphs.length - 1 };
  });
  return { ...view, items: [...items.slice(0, -1), ...added], latest: 'text' };
}

function finishText(view: View): View {
  const items = view.items
    .filter((item) => item.kind !== 'text' || item.done || item.text !== '')
    .map((item) => (item.kind === 'text' ? { ...item, done: true } : item));
  return { ...view, items };
}

function change(view: View, id: string, changed: Partial<ToolItem>): View {
  const items = view.items.map((item) => (item.kind === 'tool' && item.id === id ? { ...item, ...changed } : item));
  return { ...view, items };
}

function stopTools(view: View): View {
  const items = view.items.map((item) =>
    item.kind === 'tool' && !isSettled(item) ? { ...item, phase: 'stopped' as const } : item,
  );
  return { ...view, items };
}

/** The line of a tool. */
export function labelOf({ name, input }: ToolItem): string {
  return `${name.padEnd(12)}  ${oneLine(input)}`;
}
