import type { RoundEvent } from 'rxclaude';
import { contentOf } from '../TalkLog.js';
import type { ToolRun } from '../TalkLog.js';
import { attemptsOf, endOf, only } from './attempts.js';
import type { Attempt } from './attempts.js';

/** What was wrong with the runs of tools. */
export function* toolProblems(events: readonly RoundEvent[], runs: readonly ToolRun[]): Iterable<string> {
  const attempts = attemptsOf(events, runs);
  yield* onceProblems(events, runs, attempts);
  for (const round of new Set(attempts.map((attempt) => attempt.round))) {
    const ofRound = attempts.filter((attempt) => attempt.round === round);
    yield* repeatProblems(ofRound);
    yield* keyProblems(ofRound);
  }
  const rounds = new Map(attempts.flatMap((attempt) => attempt.runs.map(({ key }) => [key, attempt.round])));
  for (const { runs, round } of attempts) {
    if (runs.some(({ key }) => rounds.get(key) !== round)) yield 'Two rounds have a key in common.';
  }
}

/** Each call that is not idempotent was run once, and Claude is told of it. */
function* onceProblems(
  events: readonly RoundEvent[],
  runs: readonly ToolRun[],
  attempts: readonly Attempt[],
): Iterable<string> {
  const once = runs.filter(({ idempotent }) => !idempotent);
  if (new Set(once.map(({ key }) => key)).size < once.length) yield 'A key was used for two runs.';
  if (new Set(once.map(({ id }) => id)).size < once.length) yield 'A call was run twice.';
  for (const { takenBack, runs } of attempts) {
    if (takenBack && runs.some(({ idempotent }) => !idempotent)) yield 'A run was taken back.';
  }
  const end = endOf(events);
  if (end === undefined) return;
  const blocks = end.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
  for (const { id, name, content } of once) {
    const calls = blocks.filter((block) => block.type === 'tool_use' && block.id === id);
    const told = calls.map((block) => (block.type === 'tool_use' ? contentOf(block.name, block.input) : ''));
    if (told.length !== 1 || told[0] !== content)
      yield `${name} was run, and the history says ${told.join() || 'nothing'}.`;
  }
}

/** What an idempotent tool found before a retry is not looked for again. */
function* repeatProblems(ofRound: readonly Attempt[]): Iterable<string> {
  const found = new Set<string>();
  for (const { events, runs } of ofRound) {
    for (const { content } of runs) if (found.has(content)) yield `${content} was run again.`;
    const answered = only(events, 'tool_result').filter(({ outcome }) => outcome._tag === 'Right');
    for (const { id } of answered) {
      const run = runs.find((one) => one.id === id);
      if (run !== undefined) found.add(run.content);
    }
  }
}

/** The same call has the same key in every attempt, and no other call has it. */
function* keyProblems(ofRound: readonly Attempt[]): Iterable<string> {
  const keys = new Map<string, string>();
  for (const { runs } of ofRound) {
    const counts = new Map<string, number>();
    for (const { content, key } of runs) {
      const n = (counts.get(content) ?? 0) + 1;
      counts.set(content, n);
      const call = `${String(n)} ${content}`;
      if ((keys.get(call) ?? key) !== key) yield `${content} changed its key.`;
      keys.set(call, key);
    }
  }
  if (new Set(keys.values()).size < keys.size) yield 'Two calls have the same key.';
}
