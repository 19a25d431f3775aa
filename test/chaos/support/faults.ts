import { createChance } from './chance.js';
import type { Chance } from './chance.js';

/** What goes wrong with a response. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly type: string;
      readonly headers: Readonly<Record<string, string>>;
      /** Whether it is worth another attempt. */
      readonly passing: boolean;
    }
  /** The connection is gone, or nothing comes, before the headers. */
  | { readonly kind: 'reset' | 'silence' }
  /** The body is cut, ends, or goes silent somewhere. */
  | { readonly kind: 'cut' | 'early_end' | 'stall'; readonly place: Place }
  /** An `error` event comes in place of the rest. */
  | { readonly kind: 'error_event'; readonly type: string; readonly passing: boolean; readonly place: Place };

/** Somewhere in a list of bytes or events: a share of it from the beginning, or so many from the end. */
export type Place = { readonly share: number } | { readonly fromEnd: number };

export function placeIn(length: number, place: Place): number {
  return 'share' in place ? Math.floor(place.share * length) : Math.max(0, length - place.fromEnd);
}

/** What goes wrong with the answer to one request; `undefined` for nothing. Some conversations have bad luck, some none. */
export function faultOf(seed: number, round: number, attempt: number): Fault | undefined {
  const luck = createChance(seed, 4).pick([0, 0.2, 0.45]);
  const chance = createChance(seed, 5, round, attempt);
  return chance.is(luck) ? anyFault(chance) : undefined;
}

const soon = { 'retry-after-ms': '1' };

function anyFault(chance: Chance): Fault {
  const kind = chance.pick([
    'status',
    'status',
    'reset',
    'silence',
    'cut',
    'cut',
    'early_end',
    'stall',
    'error_event',
    'error_event',
  ] as const);
  if (kind === 'status') return chance.pick(statuses);
  if (kind === 'reset' || kind === 'silence') return { kind };
  // Between the end of the last block and that of the body, tools may have been started.
  if (kind !== 'error_event') return { kind, place: placeBy(chance, 280) };
  const type = chance.pick(['overloaded_error', 'api_error', 'rate_limit_error', 'invalid_request_error']);
  return { kind, type, passing: type !== 'invalid_request_error', place: placeBy(chance, 3) };
}

function placeBy(chance: Chance, tail: number): Place {
  return chance.is(0.4) ? { fromEnd: chance.int(1, tail) } : { share: chance.next() };
}

const overloaded: Fault = { kind: 'status', status: 529, type: 'overloaded_error', headers: soon, passing: true };
const statuses: readonly Fault[] = [
  overloaded,
  overloaded,
  { kind: 'status', status: 500, type: 'api_error', headers: soon, passing: true },
  { kind: 'status', status: 503, type: 'api_error', headers: {}, passing: true },
  { kind: 'status', status: 429, type: 'rate_limit_error', headers: soon, passing: true },
  { kind: 'status', status: 429, type: 'rate_limit_error', headers: { 'retry-after': '0.002' }, passing: true },
  // Without a word on when to come back, it is a limit on money.
  { kind: 'status', status: 429, type: 'rate_limit_error', headers: {}, passing: false },
  { kind: 'status', status: 400, type: 'invalid_request_error', headers: {}, passing: false },
];
