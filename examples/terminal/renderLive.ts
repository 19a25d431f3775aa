import { styleText } from 'node:util';
import {
  connect,
  endWith,
  ignoreElements,
  interval,
  map,
  merge,
  scan,
  startWith,
  takeUntil,
  type OperatorFunction,
} from 'rxjs';
import type { ConversationEndEvent } from 'rxclaude';
import { cutShort, usageOf } from './format.js';
import { EMPTY, isSettled, labelOf, update, type Item, type ToolItem, type View } from './liveView.js';
import type { Screen, Shown } from './render.js';
import { columnsOf, truncate, wrap } from './text.js';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_REST_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** To the start of the line so many lines up; that overwrites what the terminal itself wrote, such as `^C`. */
const up = (lines: number): string => (lines === 0 ? '\r' : `\u001b[${String(lines)}F`);

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME = 100;

/**
 * For a terminal: redraws what may still change in place, with every event and ten times a second; what is settled
 * scrolls away above it.
 */
export function renderLive(screen: Screen): OperatorFunction<Shown, string> {
  return (shown$) =>
    shown$.pipe(
      connect((shared$) => {
        const over$ = shared$.pipe(ignoreElements(), endWith(true));
        return merge(shared$, interval(FRAME).pipe(takeUntil(over$)));
      }),
      scan((picture, shown) => draw(picture, shown, screen), {
        view: EMPTY,
        drawn: 0,
        startedAt: Date.now(),
        output: '',
      }),
      map(({ output }) => output),
      startWith(HIDE_CURSOR),
    );
}

interface Picture {
  readonly view: View;
  /** How many lines on the screen may be redrawn. */
  readonly drawn: number;
  readonly startedAt: number;
  /** What turns the last picture on the screen into this one. */
  readonly output: string;
}

function draw({ view, drawn, startedAt }: Picture, shown: Shown | number, screen: Screen): Picture {
  const now = Date.now();
  const over = typeof shown !== 'number' && shown.type === 'end';
  const { columns, rows } = screen.size();
  const width = Math.min(columns, 80) - 1;
  const next = typeof shown === 'number' ? view : update(view, shown, now);
  const settled = next.items.findIndex((item) => !isSettled(item));
  const done = settled === -1 ? next.items : next.items.slice(0, settled);
  const open = next.items.slice(done.length);
  const toLines = (item: Item): string[] => linesOf(item, width, now);
  const waiting = next.waiting === undefined ? [] : ['', `  ${spinner(now)} ${styleText('dim', next.waiting)}`];
  const isEnd = typeof shown !== 'number' && shown.type === 'conversation_end';
  const closing = isEnd ? closingLines(shown, next.calls, now - startedAt, width) : [];
  // What is higher than the screen cannot be redrawn.
  const below = [...open.flatMap(toLines), ...waiting].slice(1 - rows);
  const lines = [...done.flatMap(toLines), ...closing, ...below];
  return {
    view: { ...next, items: open },
    drawn: below.length,
    startedAt,
    output:
      up(drawn) +
      lines.map((line) => `${line}${CLEAR_REST_OF_LINE}\n`).join('') +
      CLEAR_BELOW +
      (over ? SHOW_CURSOR : ''),
  };
}

function linesOf(item: Item, width: number, now: number): string[] {
  switch (item.kind) {
    case 'rule':
      return [item.text === '' ? '' : styleText('dim', `── ${item.text} ──`)];
    case 'text':
      return wrap(item.text, width);
    case 'tool':
      return toolLines(item, width, now);
  }
}

function toolLines(item: ToolItem, width: number, now: number): string[] {
  const right = ` ${statusOf(item, now)}`;
  const label = truncate(labelOf(item) + (item.phase === 'writing' ? '▏' : ''), width - 4 - columnsOf(right));
  const gap = ' '.repeat(Math.max(0, width - 4 - columnsOf(label) - columnsOf(right)));
  const name = styleText('bold', label.slice(0, item.name.length));
  const line = `  ${iconOf(item, now)} ${name}${label.slice(item.name.length)}${gap}${styleText('dim', right)}`;
  if (item.outcome === undefined) return [line];
  const [first = '', ...more] = wrap(item.outcome, width - 4);
  const outcome = more.length > 1 ? [first, truncate(more.join(' '), width - 4)] : [first, ...more];
  const style = item.phase === 'failed' ? 'red' : 'dim';
  return [line, ...outcome.map((each) => `    ${styleText(style, each)}`)];
}

function iconOf({ phase }: ToolItem, now: number): string {
  switch (phase) {
    case 'ok':
      return styleText('green', '✓');
    case 'failed':
      return styleText('red', '✗');
    case 'stopped':
      return styleText('yellow', '■');
    case 'waiting':
      return styleText('dim', '·');
    default:
      return spinner(now);
  }
}

function statusOf({ phase, progress, startedAt, duration }: ToolItem, now: number): string {
  if (phase === 'writing' || phase === 'waiting' || phase === 'stopped') return phase;
  const time = `${String(Math.round(duration ?? now - startedAt))} ms`.padStart(8);
  if (phase !== 'running' || progress === undefined) return time;
  const { done, of } = progress;
  const filled = Math.round((10 * done) / of);
  return `${'━'.repeat(filled)}${'┄'.repeat(10 - filled)} ${String(done)}/${String(of)} ${time}`;
}

function closingLines(end: ConversationEndEvent, calls: number, milliseconds: number, width: number): string[] {
  const note = cutShort(end);
  return [
    ...(note === undefined ? [] : ['', ...styledLines('yellow', note, width)]),
    '',
    ...styledLines('dim', usageOf(end, calls, milliseconds), width),
  ];
}

function styledLines(style: 'dim' | 'yellow', text: string, width: number): string[] {
  return wrap(text, width).map((line) => styleText(style, line));
}

function spinner(now: number): string {
  return styleText('cyan', SPINNER[Math.floor(now / FRAME) % SPINNER.length] ?? '');
}
