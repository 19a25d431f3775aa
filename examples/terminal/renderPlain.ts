import { concatMap, defer, type OperatorFunction } from 'rxjs';
import { cutShort, fieldsOf, outcomeOf, progressOf, retryNote, usageOf } from './format.js';
import type { Shown } from './render.js';
import { clean } from './text.js';

/** For pipes and logs: text as it streams, everything else in whole lines; nothing is redrawn. */
export function renderPlain(): OperatorFunction<Shown, string> {
  return (shown$) =>
    defer(() => {
      const write = createPlainWriter();
      return shown$.pipe(concatMap((shown) => write(shown)));
    });
}

function createPlainWriter(): (shown: Shown) => string[] {
  const startedAt = Date.now();
  const inputs = new Map<string, string>();
  const quarters = new Map<string, number>();
  let atLineStart = true;
  /** The first half of a surrogate pair whose second half has not come yet. */
  let half = '';

  const text = (piece: string): string[] => {
    const [, whole = '', rest = ''] = /^(.*?)([\ud800-\udbff]?)$/su.exec(half + piece) ?? [];
    half = rest;
    const written = clean(whole);
    if (written === '') return [];
    atLineStart = written.endsWith('\n');
    return [written];
  };
  const lines = (...added: string[]): string[] => {
    const before = atLineStart ? [] : ['\n'];
    atLineStart = true;
    return [...before, ...added.map((line) => `${line}\n`)];
  };
  const call = ({ id, name }: { id: string; name: string }): string => `${clean(name)}  ${inputs.get(id) ?? ''}`.trim();

  return (shown) => {
    switch (shown.type) {
      case 'round_start':
        return lines('', `── round ${String(shown.round)} ──`);
      case 'round_retry':
        return lines(`── ${retryNote(shown)} ──`);
      case 'content_block_delta':
        return shown.delta.type === 'text_delta' ? text(shown.delta.text) : [];
      case 'tool_call':
        inputs.set(shown.id, shown.input._tag === 'Right' ? fieldsOf(shown.input.right) : '');
        return lines(`→ ${call(shown)}`);
      case 'tool_progress': {
        const progress = progressOf(shown.value);
        if (progress === undefined) return [];
        // At most four lines per call, however many steps it takes.
        const quarter = Math.floor((4 * progress.done) / progress.of);
        if (quarter <= (quarters.get(shown.id) ?? 0)) return [];
        quarters.set(shown.id, quarter);
        return lines(`… ${call(shown)}  ${String(progress.done)} of ${String(progress.of)}`);
      }
      case 'tool_result': {
        const mark = shown.outcome._tag === 'Right' ? '✓' : '✗';
        return lines(`${mark} ${call(shown)}  ${String(Math.round(shown.duration))} ms`, `  ${outcomeOf(shown)}`);
      }
      case 'conversation_end': {
        const note = cutShort(shown);
        const usage = usageOf(shown, inputs.size, Date.now() - startedAt);
        return lines(...(note === undefined ? [] : ['', note]), '', usage);
      }
      case 'end':
        return lines();
      default:
        return [];
    }
  };
}
