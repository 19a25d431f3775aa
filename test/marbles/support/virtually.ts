import { asyncScheduler, type Observable } from 'rxjs';
import type { ClaudeEvent } from 'rxclaude';
import { runMarble } from '../../../marbles/session/runMarble.js';

/** What came out of a stream in virtual time. */
export interface Played<Event = ClaudeEvent> {
  readonly events: Event[];
  /** When each event came, in milliseconds. */
  readonly times: number[];
  /** When it ended, if it did. */
  end?: number;
  error?: unknown;
}

/** Runs a stream on a virtual clock, without a promise: when this returns, all has happened. */
export function virtually<Event>(make: () => Observable<Event>): Played<Event> {
  const played: Played<Event> = { events: [], times: [] };
  runMarble(() => {
    make().subscribe({
      next: (event) => {
        played.events.push(event);
        played.times.push(asyncScheduler.now());
      },
      error: (error: unknown) => {
        played.error = error;
        played.end = asyncScheduler.now();
      },
      complete: () => {
        played.end = asyncScheduler.now();
      },
    });
  });
  return played;
}
