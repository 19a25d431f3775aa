import { isDeepStrictEqual } from 'node:util';
import { toErrorFacts, type RoundEvent } from 'rxclaude';
import type { Ending } from '../holdTalk.js';
import { attemptsOf, endOf, isWhole, only, stopReasonOf } from './attempts.js';
import type { Attempt } from './attempts.js';

/** What is wrong with the order of the events. */
export function* shapeProblems(events: readonly RoundEvent[], ending: Ending): Iterable<string> {
  const attempts = attemptsOf(events, []);
  yield* endProblems(events, ending);
  yield* outlineProblems(events, ending);
  for (const attempt of attempts) yield* messageProblems(attempt);
  for (const attempt of attempts) yield* callProblems(attempt);
  const asked = only(events, 'message_start').length;
  const counted = endOf(events)?.usage.input_tokens;
  if (counted !== undefined && counted !== asked * 100) {
    yield `${String(counted)} input tokens were counted, for ${String(asked)} replies of 100.`;
  }
}

function* endProblems(events: readonly RoundEvent[], ending: Ending): Iterable<string> {
  const end = endOf(events);
  if (ending.how === 'unsubscribed') return;
  if (end === undefined) yield 'It ended without a conversation_end.';
  else if ((end.reason === 'error') !== (ending.how === 'failed')) yield `It ${ending.how} with ${end.reason}.`;
  else if (ending.how === 'failed' && !isDeepStrictEqual(end.error, toErrorFacts(ending.error)))
    yield 'conversation_end has another error.';
}

const letters: Readonly<Record<string, string>> = {
  round_start: 'S',
  round_retry: 'R',
  round_end: 'E',
  conversation_end: 'C',
};

function* outlineProblems(events: readonly RoundEvent[], ending: Ending): Iterable<string> {
  const outline = events.map(({ type }) => letters[type] ?? '').join('');
  if (!/^(SR*E)*(SR*)?C?$/.test(outline)) yield `The rounds went like ${outline}.`;
  if (ending.how !== 'unsubscribed' && events.at(-1)?.type !== 'conversation_end') yield 'An event came after the end.';
  const numbers = only(events, 'round_start').map(({ round }) => round);
  if (numbers.some((number, at) => number !== at + 1)) yield `The rounds had the numbers ${numbers.join()}.`;
}

const claudes = /^(content_block_|message_)/;

/** One message at the most, and nothing of it before its start. */
function* messageProblems({ events }: Attempt): Iterable<string> {
  const types = events.map(({ type }) => type).filter((type) => claudes.test(type));
  const starts = types.filter((type) => type === 'message_start').length;
  if (starts > 1) yield 'Two messages came in one attempt.';
  if (types.length > 0 && types[0] !== 'message_start') yield `A reply began with ${String(types[0])}.`;
}

const steps: Readonly<Record<string, string>> = {
  tool_call: 'c',
  tool_start: 's',
  tool_progress: 'p',
  tool_result: 'r',
};

/** Each call is started once, and answered once. */
function* callProblems(attempt: Attempt): Iterable<string> {
  const { events } = attempt;
  const ofTools = events.filter((event) => event.type in steps) as { readonly type: string; readonly id: string }[];
  const mustAnswer = stopReasonOf(attempt) === 'tool_use' && isWhole(attempt) && only(events, 'round_end').length > 0;
  for (const id of new Set(ofTools.map((event) => event.id))) {
    const mine = ofTools.filter((event) => event.id === id).map(({ type }) => steps[type]);
    // The second call with an id is no call of its own.
    const went = mine.filter((step, at) => step !== 'c' || at === 0).join('');
    if (!(mustAnswer ? /^c(sp*)?r$/ : /^c(sp*)?r?$/).test(went)) yield `The call ${id} went like ${went}.`;
  }
}
