/** What the errors of the library are and say, written down a second time, for tests to compare with. */
import { RxClaudeError, type ErrorTable, type ErrorTag, type TimeoutLimit } from 'rxclaude';

/** What `toEqual` and `toThrow` take for any error of this tag; they themselves compare nothing of errors but their words. */
export function tagged(tag: ErrorTag): Error {
  const asymmetricMatch = (value: unknown): boolean => RxClaudeError.is(value, tag) && value.name === tag;
  return { $$typeof: Symbol.for('jest.asymmetricMatcher'), asymmetricMatch, toString: () => tag } as unknown as Error;
}

type Facts<Tag extends ErrorTag> = ErrorTable[Tag] & ErrorOptions & { readonly requestId?: string };

export function circuitOpenError(retryAt: number, retryIn: number): RxClaudeError<'CircuitOpenError'> {
  const why =
    retryIn === 0
      ? 'is half open until its probe ends. Try again soon'
      : `is open after too many failures. Try again in ${retryIn} ms`;
  return new RxClaudeError('CircuitOpenError', `Nothing was sent: the circuit ${why}.`, { retryAt, retryIn });
}

export function protocolError(message: string, options?: ErrorOptions): RxClaudeError<'ProtocolError'> {
  return new RxClaudeError('ProtocolError', message, options);
}

const WORDS: Readonly<Record<TimeoutLimit, string>> = {
  first: 'No event within',
  each: 'No further event within',
  total: 'The stream did not end within',
};

/** What a conversation fails with when its time is up. */
export function deadlineError(milliseconds: number): RxClaudeError<'TimeoutGuardError'> {
  const message = `The conversation did not end within ${milliseconds} ms. Continue from the \`messages\` of \`conversation_end\`, or raise \`deadline.total\`.`;
  return new RxClaudeError('TimeoutGuardError', message, { limit: 'total', milliseconds });
}

export function timeoutGuardError(limit: TimeoutLimit, milliseconds: number): RxClaudeError<'TimeoutGuardError'> {
  const advice = `Send the request again, or raise \`${limit}\`.`;
  return new RxClaudeError('TimeoutGuardError', `${WORDS[limit]} ${milliseconds} ms. ${advice}`, {
    limit,
    milliseconds,
  });
}

export function truncatedStreamError(facts: Facts<'TruncatedStreamError'>): RxClaudeError<'TruncatedStreamError'> {
  const { lastEvent, events, cause } = facts;
  const why = cause === undefined ? '' : ` (${(cause as Error).message})`;
  const message =
    lastEvent === undefined
      ? `The response was empty${why}. Send the request again.`
      : `Claude's stream ended before \`message_stop\`, after ${events} event${events === 1 ? '' : 's'}, the last of them ` +
        `\`${lastEvent}\`${why}. Send the request again.`;
  return new RxClaudeError('TruncatedStreamError', message, facts);
}

export function unexpectedResponseError(
  facts: Facts<'UnexpectedResponseError'>,
): RxClaudeError<'UnexpectedResponseError'> {
  const advice = 'Check the base URL, and that proxies pass `stream: true`.';
  const message = `Expected a stream of events, found ${facts.found}. ${advice}`;
  return new RxClaudeError('UnexpectedResponseError', message, facts);
}

export function missingToolResultError(round: number, ids: readonly string[]): RxClaudeError<'MissingToolResultError'> {
  const message =
    `Round ${round} emitted no \`tool_result\` for ${ids.join(', ')}. ` +
    'Add `executeTools(tools)` to the round, or emit a `tool_result` for each call.';
  return new RxClaudeError('MissingToolResultError', message, { round, ids });
}

export function limitError(
  limit: string,
  maximum: number,
  what: string,
  { found, remedy }: { readonly found?: number; readonly remedy?: string } = {},
): RxClaudeError<'LimitError'> {
  const seen = found === undefined ? '' : `, found ${found}`;
  const advice = remedy === undefined ? '' : `, or ${remedy}`;
  const message = `${what}. Expected at most ${maximum}${seen}. Raise \`${limit}\`${advice}.`;
  return new RxClaudeError('LimitError', message, { limit, maximum, found });
}
