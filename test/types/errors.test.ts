/** Errors are told apart by their tags, and the compiler knows the facts of each. */
import { expectTypeOf } from 'expect-type';
import { RxClaudeError, toErrorFacts } from 'rxclaude';
import type { ErrorFacts, ErrorTable, ErrorTag, HistoryDefect, RxClaudeFailure, TimeoutLimit } from 'rxclaude';

declare const error: unknown;
declare const facts: ErrorFacts;

/** Only compiled: what is in here need not run. */
function compiled(): unknown[] {
  if (!RxClaudeError.is(error)) return [expectTypeOf(error).toBeUnknown()];
  expectTypeOf(error).toEqualTypeOf<RxClaudeFailure>();
  expectTypeOf(error._tag).toEqualTypeOf<ErrorTag>();
  expectTypeOf(error.round).toEqualTypeOf<number | undefined>();

  // @ts-expect-error -- there is no such tag
  if (error._tag === 'TimeoutGardError') return [];

  switch (error._tag) {
    case 'TimeoutGuardError':
      expectTypeOf(error).toEqualTypeOf<RxClaudeFailure<'TimeoutGuardError'>>();
      return [expectTypeOf(error.limit).toEqualTypeOf<TimeoutLimit>(), expectTypeOf(error.milliseconds).toBeNumber()];
    // @ts-expect-error -- there is no such tag
    case 'TimeOutGuardError':
      return [];
    case 'ClaudeApiError':
      expectTypeOf(error.headers).toEqualTypeOf<Headers | undefined>();
      return [expectTypeOf(error.type).toEqualTypeOf<string | null>()];
    case 'LimitError':
      return [expectTypeOf(error.limit).toBeString(), expectTypeOf(error.found).toEqualTypeOf<number | undefined>()];
    case 'HistoryError':
      return [expectTypeOf(error.defects).toEqualTypeOf<readonly HistoryDefect[]>()];
    case 'MissingToolResultError':
      return [expectTypeOf(error.round).toBeNumber()];
    case 'CircuitOpenError':
    case 'JsonSchemaError':
    case 'OptionError':
    case 'ProtocolError':
    case 'ToolDefinitionError':
    case 'TruncatedStreamError':
    case 'UnexpectedResponseError':
      return [expectTypeOf(error).not.toBeNever()];
    default:
      return [expectTypeOf(error).toBeNever()];
  }
}

function one(caught: Error): unknown[] {
  // @ts-expect-error -- not every error has it
  if (RxClaudeError.is(error)) return [error.limit];
  // @ts-expect-error -- there is no such tag
  RxClaudeError.is(caught, 'TimeoutGardError');
  if (!RxClaudeError.is(caught, 'TimeoutGuardError')) return [expectTypeOf(caught).toEqualTypeOf<Error>()];
  return [expectTypeOf(caught.limit).toEqualTypeOf<TimeoutLimit>()];
}

function made(): unknown[] {
  return [
    new RxClaudeError('ProtocolError', 'Odd.'),
    new RxClaudeError('ProtocolError', 'Odd.', { cause: 1, round: 2 }),
    new RxClaudeError('TimeoutGuardError', 'Late.', { limit: 'each', milliseconds: 5, requestId: 'req_1' }),
    // @ts-expect-error -- its facts are missing
    new RxClaudeError('TimeoutGuardError', 'Late.'),
    // @ts-expect-error -- one of its facts is missing
    new RxClaudeError('TimeoutGuardError', 'Late.', { limit: 'each' }),
    // @ts-expect-error -- it has no such limit
    new RxClaudeError('TimeoutGuardError', 'Late.', { limit: 'every', milliseconds: 5 }),
    // @ts-expect-error -- there is no such tag
    new RxClaudeError('TimeoutGardError', 'Late.', { limit: 'each', milliseconds: 5 }),
  ];
}

function told(): unknown[] {
  expectTypeOf(toErrorFacts(error)).toEqualTypeOf<ErrorFacts>();
  expectTypeOf(facts.tag).toEqualTypeOf<ErrorTag | undefined>();
  expectTypeOf(facts.retryable).toBeBoolean();
  // @ts-expect-error -- there is no such tag
  if (facts.tag === 'TimeoutGardError') return [];
  switch (facts.tag) {
    case 'TimeoutGuardError':
      return [expectTypeOf(facts.limit).toEqualTypeOf<TimeoutLimit>(), expectTypeOf(facts.milliseconds).toBeNumber()];
    case 'TruncatedStreamError':
      return [expectTypeOf(facts.lastEvent).toEqualTypeOf<string | undefined>()];
    case 'ClaudeApiError':
      expectTypeOf(facts).not.toHaveProperty('headers');
      expectTypeOf(facts).not.toHaveProperty('error');
      return [expectTypeOf(facts.type).toEqualTypeOf<string | undefined>()];
    case 'OptionError':
      return [expectTypeOf(facts).not.toHaveProperty('found')];
    case undefined:
      return [expectTypeOf(facts.status).toEqualTypeOf<number | undefined>()];
    default:
      return [];
  }
}

it('is checked by the compiler', () => {
  expect([compiled, one, made, told]).toHaveLength(4);
  expectTypeOf<ErrorTag>().toEqualTypeOf<keyof ErrorTable>();
});
