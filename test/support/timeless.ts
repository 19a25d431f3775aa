import type { RoundEvent } from 'rxclaude';

/** What happened, without how long it took. */
export function timeless(events: readonly RoundEvent[]): readonly object[] {
  const untimed = { duration: 0, first_token: 0 };
  return events.map((event) => ('duration' in event ? { ...event, ...untimed } : event));
}
