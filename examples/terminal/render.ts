import {
  concatMap,
  connect,
  dematerialize,
  map,
  materialize,
  merge,
  type Observable,
  type ObservableNotification,
  type OperatorFunction,
} from 'rxjs';
import { growingInput, type GrowingInput, type RoundEvent } from 'rxclaude';
import { renderLive } from './renderLive.js';
import { renderPlain } from './renderPlain.js';

/** What there is to show: the events, the inputs of tools while Claude writes them, and the end. */
export type Shown = RoundEvent | GrowingInputShown | { readonly type: 'end' };

interface GrowingInputShown extends GrowingInput {
  readonly type: 'growing_input';
}

/** Where the output goes. */
export interface Screen {
  /** Whether it is a terminal that takes colours and a moving cursor. */
  readonly live: boolean;
  /** Its size at this moment. */
  readonly size: () => { readonly columns: number; readonly rows: number };
}

type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>;

/** @param shared Whether something else writes to the same terminal, so that its cursor cannot be relied on. */
export function screenOf(stream: Output, env: NodeJS.ProcessEnv, shared: boolean): Screen {
  return {
    live: stream.isTTY && !shared && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
    // A terminal that does not know its size reports 0.
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  };
}

/** Turns the events of a conversation into what is written on the screen. */
export function render(screen: Screen): OperatorFunction<RoundEvent, string> {
  return screen.live
    ? (events$) => events$.pipe(withInputs, withEnd, renderLive(screen))
    : (events$) => events$.pipe(withEnd, renderPlain());
}

/** Adds what is written of an input so far, after the event that has the new piece. */
function withInputs(events$: Observable<RoundEvent>): Observable<Shown> {
  const toShown = map((input: GrowingInput): GrowingInputShown => ({ type: 'growing_input', ...input }));
  return events$.pipe(connect((shared$) => merge(shared$, shared$.pipe(growingInput(), toShown))));
}

/** Adds the end, whether the conversation was finished, was stopped or failed. */
function withEnd(events$: Observable<Shown>): Observable<Shown> {
  const end: ObservableNotification<Shown> = { kind: 'N', value: { type: 'end' } };
  return events$.pipe(
    materialize(),
    concatMap((notification): ObservableNotification<Shown>[] =>
      notification.kind === 'N' ? [notification] : [end, notification],
    ),
    dematerialize(),
  );
}
