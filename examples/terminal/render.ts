import {
  concatMap,
  dematerialize,
  materialize,
  type Observable,
  type ObservableNotification,
  type OperatorFunction,
} from 'rxjs';
import type { RoundEvent } from 'rxclaude';
import { renderLive } from './renderLive.js';
import { renderPlain } from './renderPlain.js';

/** What there is to show: the events, and that no more will come. */
export type Shown = RoundEvent | { readonly type: 'end' };

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
    // A terminal that does not know its size says 0.
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  };
}

/** From the events of a conversation to what is written on the screen. */
export function render(screen: Screen): OperatorFunction<RoundEvent, string> {
  const renderShown = screen.live ? renderLive(screen) : renderPlain();
  return (events$) => events$.pipe(withEnd, renderShown);
}

/** Says that it is over, whether the conversation was finished, was stopped or has failed. */
function withEnd(events$: Observable<RoundEvent>): Observable<Shown> {
  const end: ObservableNotification<Shown> = { kind: 'N', value: { type: 'end' } };
  return events$.pipe(
    materialize(),
    concatMap((notification): ObservableNotification<Shown>[] =>
      notification.kind === 'N' ? [notification] : [end, notification],
    ),
    dematerialize(),
  );
}
