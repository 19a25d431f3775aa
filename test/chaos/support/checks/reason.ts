import { isRetryable } from 'rxclaude';
import type { HeldTalk } from '../holdTalk.js';
import { attemptsOf, endOf, stopReasonOf } from './attempts.js';

/** What is wrong with the reason that a conversation ended for. */
export function* reasonProblems(talk: HeldTalk): Iterable<string> {
  const { log, ending, left, leaving, maxRounds } = talk;
  const end = endOf(log.events);
  if (ending.how === 'failed') {
    const problem = errorProblem(talk, ending.error);
    if (problem !== undefined) yield `${problem} ${String(ending.error)}`;
  }
  if (end === undefined || ending.how === 'failed') return;
  if (left !== (end.reason === 'stopped'))
    yield `After ${left ? leaving.how : 'nothing'} the reason was ${end.reason}.`;
  if (end.reason === 'stopped' || (end.reason === 'wrap_up' && leaving.how === 'wrap_up')) return;
  const last = attemptsOf(log.events, []).at(-1);
  const reason = last && stopReasonOf(last);
  const goesOn = reason === 'tool_use' || reason === 'pause_turn';
  const told = goesOn ? end.reason === 'max_rounds' && end.rounds === maxRounds : end.reason === 'finished';
  if (!told || end.stop_reason !== (reason ?? null)) {
    yield `After ${String(end.rounds)} rounds and ${String(reason)} the reason was ${end.reason}, ${String(end.stop_reason)}.`;
  }
}

/** An error must be one that we made, and one that no retry could help. */
function errorProblem(talk: HeldTalk, error: unknown): string | undefined {
  const { leaving, left, log, retries, served } = talk;
  if (left && leaving.how === 'abort') return isAbort(error) ? undefined : 'After an abort:';
  if (leaving.how === 'wrap_up' && limitOf(error) === 'total') return undefined;
  if (served.refusals.length > 0) return undefined;
  const { fault } = served;
  const isSilence = limitOf(error) !== undefined;
  if (fault === undefined && !isSilence) return 'Nobody made the error';
  const isPassing = isSilence || !(fault !== undefined && 'passing' in fault) || fault.passing;
  if (isPassing !== isRetryable(error)) return `After ${JSON.stringify(fault)}:`;
  const attempts = attemptsOf(log.events, log.runs);
  const last = attempts.at(-1);
  const tries = attempts.filter(({ round }) => round === last?.round).length;
  const mayRetry = isRetryable(error) && tries <= retries && last?.runs.every(({ idempotent }) => idempotent);
  return mayRetry === true ? 'A retry could have helped:' : undefined;
}

const isAbort = (error: unknown): boolean => ['AbortError', 'APIUserAbortError'].includes((error as Error).name);

/** Of a silence, which a busy machine may make, too. */
function limitOf(error: unknown): string | undefined {
  return (error as { readonly _tag?: string; readonly limit?: string }).limit;
}
