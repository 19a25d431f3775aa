import type { RoundEvent } from 'rxclaude';
import { createChance } from './chance.js';
import type { Chance } from './chance.js';

/** How somebody outside ends a conversation, and when. */
export interface Leaving {
  readonly how: 'not' | 'stop' | 'unsubscribe' | 'abort' | 'wrap_up';
  readonly when: Moment;
  /** How long tools may go on after a stop, in milliseconds. */
  readonly grace: number;
}

/** While the so-manieth event of a type is told, counted from 1; or so long after the beginning. */
export type Moment = { readonly type: RoundEvent['type']; readonly count: number } | { readonly milliseconds: number };

/** More than half of the conversations are left. */
export function leavingOf(seed: number): Leaving {
  const chance = createChance(seed, 7);
  const how = chance.pick(['not', 'not', 'not', 'not', 'stop', 'stop', 'unsubscribe', 'abort', 'wrap_up'] as const);
  return { how, when: anyMoment(chance), grace: chance.pick([0, 3, 20]) };
}

/** Where something happens, rather than in the middle of a text. */
export function anyMoment(chance: Chance): Moment {
  if (chance.is(0.3)) return { milliseconds: chance.int(0, 300) };
  const type = chance.pick([
    ...(['round_start', 'message_start', 'content_block_delta', 'tool_input', 'tool_call', 'tool_start'] as const),
    ...(['tool_progress', 'tool_result', 'message_delta', 'message_stop', 'round_retry', 'round_end'] as const),
  ]);
  return { type, count: chance.int(1, type === 'content_block_delta' || type === 'tool_input' ? 12 : 4) };
}
