import { isDeepStrictEqual } from 'node:util';
import { RxClaudeError, toErrorFacts, type ErrorTag, type RoundEvent } from 'rxclaude';
import { only } from '../run.js';
import type { Held } from './hold.js';
import { historyAnswers } from './judgeHistory.js';
import type { Fate, Prefix } from './prefixes.js';

/** What holds for a conversation, and whether it does. */
export type Answer = readonly [law: string, holds: boolean];

const ERRORS: Readonly<Record<Exclude<Fate, 'whole'>, ErrorTag>> = {
  cut: 'TruncatedStreamError',
  told: 'ClaudeApiError',
  impossible: 'ProtocolError',
};

/** What is wrong with a conversation whose reply was cut and that did not try again. */
export function problemsOfFailure(held: Held, prefix: Prefix, whole: Prefix, idempotent: boolean): string[] {
  const { events, runs, end } = held;
  return broken([
    ...endAnswers(held, prefix),
    ['all whole events are handed on, and no others', claudes(events).length === prefix.events.length],
    ['its text is that of the events', writtenIn(events) === prefix.written],
    ['nothing is tried again', only(events, 'round_retry').length === 0],
    ['no call is run twice', isUnique(runs)],
    ['what must not run twice waits for the end', idempotent || mayRun(prefix) || runs.length === 0],
    ['its usage is a guess where the reply did not tell it', end.usage_estimated === (prefix.stopReason === null)],
    ...historyAnswers(held, prefix, whole),
  ]);
}

/** What is wrong with a conversation whose reply was cut and that got the whole of it when it tried again. */
export function problemsOfHealing(held: Held, prefix: Prefix, uncut: Held): string[] {
  const { events, end, runs } = held;
  const [retry, ...more] = only(events, 'round_retry');
  const standing = events.slice(events.findLastIndex(({ type }) => type === 'round_retry'));
  return broken([
    ['it is tried again once', retry?.attempt === 1 && more.length === 0],
    ['because of the cut', prefix.fate !== 'whole' && retry?.error.tag === ERRORS[prefix.fate]],
    [
      'it ends as it does without a cut',
      held.completed === uncut.completed &&
        end.reason === uncut.end.reason &&
        end.stop_reason === uncut.end.stop_reason,
    ],
    ['with the same error, if any', nameOf(held.error) === nameOf(uncut.error)],
    ['its events are as many as those of the whole reply', claudes(standing).length === claudes(uncut.events).length],
    ['its text is that of the whole reply', writtenIn(standing) === writtenIn(uncut.events)],
    ['its message is that of the whole reply', isDeepStrictEqual(held.message, uncut.message)],
    ['its history is that of the whole reply', isDeepStrictEqual(end.messages, uncut.end.messages)],
    ['no call is run twice', isUnique(runs)],
    ['no other call is run', runs.every((id) => uncut.runs.includes(id))],
  ]);
}

/**
 * Whether a second attempt is in order: not behind a whole reply, nor when something ran that must not run twice. What the
 * API tells in these replies is that it is overloaded.
 */
export function isTriedAgain(prefix: Prefix, uncut: Held, idempotent: boolean): boolean {
  if (prefix.fate === 'whole' || prefix.fate === 'impossible') return false;
  return idempotent || !mayRun(prefix) || uncut.runs.length === 0;
}

const broken = (answers: readonly Answer[]): string[] => answers.flatMap(([law, holds]) => (holds ? [] : [law]));

function endAnswers({ events, completed, error, end }: Held, { fate, events: read }: Prefix): Answer[] {
  if (fate === 'whole') return [['it completes', completed && end.reason !== 'error']];
  return [
    ['it does not complete', !completed && only(events, 'round_end').length === 0],
    ['its error is one that fits', RxClaudeError.is(error, ERRORS[fate])],
    [
      'its error tells how far it came',
      !RxClaudeError.is(error, 'TruncatedStreamError') || error.events === read.length,
    ],
    ['its end says so', end.reason === 'error' && isDeepStrictEqual(end.error, toErrorFacts(error))],
  ];
}

const mayRun = ({ stopReason }: Prefix): boolean => stopReason === 'tool_use';

const ADDED = /^(tool|round|conversation)_/;
const claudes = (events: readonly RoundEvent[]): RoundEvent[] => events.filter(({ type }) => !ADDED.test(type));

const writtenIn = (events: readonly RoundEvent[]): string =>
  only(events, 'content_block_delta')
    .map(({ delta }) => (delta.type === 'text_delta' ? delta.text : ''))
    .join('');

const isUnique = (ids: readonly string[]): boolean => new Set(ids).size === ids.length;

const nameOf = (error: unknown): string | undefined => (error instanceof Error ? error.name : undefined);
