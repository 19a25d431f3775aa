import type { HistoryDefect } from './HistoryDefect.js';
import { fullStop } from './fullStop.js';
import { RxClaudeError } from './RxClaudeError.js';

/** How many defects the message of a `HistoryError` names. */
const SHOWN = 3;
/** The most characters shown of each. */
const LONGEST = 400;

/** The error for a history that the API would refuse. */
export function historyError(defects: readonly HistoryDefect[]): RxClaudeError<'HistoryError'> {
  const more = defects.length - SHOWN;
  const message = [
    'The API would refuse this history.',
    ...defects.slice(0, SHOWN).map(sentence),
    ...(more > 0 ? [`And ${String(more)} more.`] : []),
    '`mendHistory` mends what it safely can; `defects` has them all.',
  ].join(' ');
  return new RxClaudeError('HistoryError', message, { defects });
}

function sentence({ path, wording }: HistoryDefect): string {
  const words = wording.startsWith(path) ? wording : `${path}: ${wording}`;
  if (words.length > LONGEST) return `${words.slice(0, LONGEST)}….`;
  return fullStop(words);
}

/** What else is known about the limit. */
interface LimitDetails {
  /** What was found; absent when it was not counted to the end. */
  readonly found?: number;
  /** What to do other than raise the limit, such as `consume faster`. */
  readonly remedy?: string;
}

/**
 * The error for a limit that was exceeded.
 *
 * @param limit The option that sets the limit.
 * @param what The first sentence of the message, without its full stop: what was too much.
 */
export function limitError(
  limit: string,
  maximum: number,
  what: string,
  { found, remedy }: LimitDetails = {},
): RxClaudeError<'LimitError'> {
  const seen = found === undefined ? '' : `, found ${String(found)}`;
  const advice = remedy === undefined ? '' : `, or ${remedy}`;
  const message = `${what}. Expected at most ${String(maximum)}${seen}. Raise \`${limit}\`${advice}.`;
  return new RxClaudeError('LimitError', message, { limit, maximum, found });
}

/** The error for an invalid option. @param expected What it must be, such as `a function`. */
export function optionError(
  option: string,
  expected: string,
  found: unknown,
  options?: ErrorOptions,
): RxClaudeError<'OptionError'> {
  const message = `\`${option}\` must be ${expected}, found ${describe(found)}.`;
  return new RxClaudeError('OptionError', message, { option, found, ...options });
}

function describe(found: unknown): string {
  return typeof found === 'number' || typeof found === 'boolean' || found == null
    ? String(found)
    : `${typeof found === 'object' ? 'an' : 'a'} ${typeof found}`;
}

/** The error for a tool that cannot be offered to Claude. @param problem What is wrong with it, as the end of a sentence. */
export function toolDefinitionError(
  tool: string,
  problem: string,
  options?: ErrorOptions,
): RxClaudeError<'ToolDefinitionError'> {
  return new RxClaudeError('ToolDefinitionError', `Tool \`${tool}\` cannot be used: ${problem}`, {
    tool,
    ...options,
  });
}

/** The error for a response that is not a stream. @param found What came instead, in words. */
export function unexpectedResponseError(
  found: string,
  status?: number,
  requestId?: string,
): RxClaudeError<'UnexpectedResponseError'> {
  return new RxClaudeError(
    'UnexpectedResponseError',
    `Expected a stream of events, found ${found}. Check the base URL, and that proxies pass \`stream: true\`.`,
    { found, status, requestId },
  );
}
