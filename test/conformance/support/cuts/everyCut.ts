import { sample } from '../../../support/runs.js';
import type { Cut } from './body.js';
import { readReply, type CutReply } from './CutReply.js';
import { isTriedAgain, problemsOfFailure, problemsOfHealing } from './judge.js';

/** A cut, and whether the tools of the conversation may be run twice. */
interface Trial extends Cut {
  readonly idempotent: boolean;
}

/** In bytes. Behind each event, a reply that is longer either fails or heals; any other does both. */
const LONG = 32 * 1024;
/** How many conversations are held at the same time, so that their waits are. */
const AT_ONCE = 8;

/** What goes wrong when a reply is cut anywhere and not asked for again. */
export async function failures(bytes: Uint8Array): Promise<string[]> {
  const reply = readReply(bytes);
  return each(sample(trials(reply, 0)), async (trial) => {
    const held = await reply.fail(trial, trial.idempotent);
    return problemsOfFailure(held, reply.prefixAt(trial.at), reply.whole, trial.idempotent);
  });
}

/** What goes wrong when a reply is cut anywhere and asked for again. */
export async function healings(bytes: Uint8Array): Promise<string[]> {
  const reply = readReply(bytes);
  const uncut = { true: await reply.uncut(true), false: await reply.uncut(false) };
  return each(sample(trials(reply, 1)), async (trial) => {
    const { at, idempotent } = trial;
    const prefix = reply.prefixAt(at);
    const without = uncut[`${idempotent}`];
    const held = await reply.heal(trial, idempotent);
    if (isTriedAgain(prefix, without, idempotent)) return problemsOfHealing(held, prefix, without);
    return problemsOfFailure(held, prefix, reply.whole, idempotent);
  });
}

/**
 * The cuts of one kind of test, and of the other one, turn about: behind an event, what ends in one kind breaks in the
 * other; of the places spread over the body, each is for one of them. Behind an event, there are tools of both kinds.
 */
function trials({ bytes, ends, spread, hasTools }: CutReply, turn: 0 | 1): Trial[] {
  const isTurn = (_at: number, n: number): boolean => n % 2 === turn;
  const toTrial = (at: number, n: number): Trial => ({
    at,
    how: (n + turn) % 2 === 0 ? 'end' : 'break',
    idempotent: (n >> 1) % 2 === 0,
  });
  const behind = (bytes.length > LONG ? ends.filter(isTurn) : ends).map(toTrial);
  const others = hasTools ? behind.map((trial) => ({ ...trial, idempotent: !trial.idempotent })) : [];
  return [...behind, ...others, ...spread.filter(isTurn).map(toTrial)];
}

async function each(all: readonly Trial[], problems: (trial: Trial) => Promise<readonly string[]>): Promise<string[]> {
  const found: string[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    const told = some.map(async (trial) => (await problems(trial)).map((law) => `${JSON.stringify(trial)}: ${law}`));
    found.push(...(await Promise.all(told)).flat());
  }
  return found;
}
