import * as t from 'io-ts';
import { asyncScheduler, concat, NEVER, Observable, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type * as Library from 'rxclaude';
import { createBreaker, defineTool, executeTools, ioTsJsonSchema, resumeConversation, RxClaudeError } from 'rxclaude';
import { timeoutGuard, type ClaudeEvent, type ErrorTag, type RoundEvent, type TimeoutLimit } from 'rxclaude';
import { historyError, limitError, unexpectedResponseError } from '../../../src/errors/failures.js';
import { createReplyOutlet } from '../../../src/transport/createReplyOutlet.js';
import { parseEvent } from '../../../src/transport/createReplyReader.js';
import { claudeApiError } from '../../../src/transport/response.js';
import { hostile } from '../../support/hostile.js';
import { callsReply } from '../../support/replies.js';

const cause = new TypeError('terminated');
const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'x' }] };
const unseen = (name: string): t.Type<string> => new t.Type(name, t.string.is, t.string.validate, t.identity);

function thrownBy(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}

/** Works in virtual time, until all timers are done. */
function inVirtualTime(work: (fail: (error: unknown) => void) => void): Error {
  let failure: unknown;
  new TestScheduler(() => undefined).run(({ flush }) => {
    work((error) => {
      failure ??= error;
    });
    flush();
  });
  return failure as Error;
}

const timeout = (limit: TimeoutLimit): Error =>
  inVirtualTime((error) =>
    concat(limit === 'each' ? of(1) : [], NEVER)
      .pipe(timeoutGuard({ [limit]: 30 }))
      .subscribe({ error }),
  );

/** The error of a breaker that opened 500 ms ago, after `waited` more. */
const circuit = (waited: number): Error =>
  inVirtualTime((fail) => {
    const breaker = createBreaker({ failures: 1, openFor: 500, countsAsFailure: () => true });
    breaker.enter().failed(cause);
    asyncScheduler.schedule(() => {
      fail(thrownBy(() => [breaker.enter(), breaker.enter()]));
    }, waited);
  });

const missingResult = (): Error => {
  let failure: unknown;
  const round = (): RoundEvent[] => callsReply({ id: 'a', name: 'add' }) as unknown as RoundEvent[];
  of(request)
    .pipe(resumeConversation(round))
    .subscribe({ error: (error: unknown) => (failure = error) });
  return failure as Error;
};

const cutStream = (facts: object, ...events: string[]): Error => {
  let failure: unknown;
  new Observable<ClaudeEvent>((subscriber) => {
    const outlet = createReplyOutlet(subscriber, 1);
    for (const type of events) outlet.next({ type } as never);
    outlet.end(facts);
  }).subscribe({ error: (error: unknown) => (failure = error) });
  return failure as Error;
};

const body = {
  type: 'error',
  error: { type: 'not_found_error', message: 'No such model.', details: { error_code: 'gone' } },
};
const defects = [{ code: 'empty_history', path: 'messages', wording: 'Empty' }] as const;

/** Each error as the library raises it, with its facts and what its JSON tells of them. */
const errors: Readonly<Record<ErrorTag, readonly [error: Error, facts: object, told?: object]>> = {
  CircuitOpenError: [circuit(0), { retryAt: 500, retryIn: 500 }],
  ClaudeApiError: [
    claudeApiError({
      status: 404,
      headers: new Headers({ 'request-id': 'req_1', 'set-cookie': 'secret' }),
      error: body,
    }),
    { status: 404, requestID: 'req_1', error: body, type: 'not_found_error', errorCode: 'gone' },
    { status: 404, request_id: 'req_1', type: 'not_found_error', errorCode: 'gone' },
  ],
  HistoryError: [
    historyError(defects),
    { defects },
    { defects: [{ code: 'empty_history', path: 'messages', wording: 'Empty' }] },
  ],
  JsonSchemaError: [
    thrownBy(() => ioTsJsonSchema(t.type({ when: unseen('Day') }))),
    { path: 'input.when', found: 'Day' },
  ],
  LimitError: [limitError('maxDepth', 3, 'Too deep', { found: 4 }), { limit: 'maxDepth', maximum: 3, found: 4 }],
  MissingToolResultError: [missingResult(), { round: 1, ids: ['a'] }],
  OptionError: [
    thrownBy(() => executeTools([], { concurrency: 'secret' as never })),
    { option: 'executeTools.concurrency', found: 'secret' },
    { option: 'executeTools.concurrency' },
  ],
  ProtocolError: [thrownBy(() => parseEvent('ping', '{')), { cause: expect.any(SyntaxError) as unknown }, {}],
  TimeoutGuardError: [timeout('each'), { limit: 'each', milliseconds: 30 }],
  ToolDefinitionError: [
    thrownBy(() =>
      defineTool({ name: 'add', description: 'Adds.', input: t.type({ when: unseen('Day') }), run: () => 1 }),
    ),
    { tool: 'add', cause: expect.objectContaining({ _tag: 'JsonSchemaError' }) as unknown },
    { tool: 'add' },
  ],
  TruncatedStreamError: [
    cutStream({ requestId: 'req_1', cause }, 'odd', 'ping'),
    { lastEvent: 'ping', events: 2, requestId: 'req_1', cause },
    { lastEvent: 'ping', events: 2, request_id: 'req_1' },
  ],
  UnexpectedResponseError: [
    unexpectedResponseError('a body of type text/html', 200, 'req_1'),
    { found: 'a body of type text/html', status: 200, requestId: 'req_1' },
    { found: 'a body of type text/html', status: 200, request_id: 'req_1' },
  ],
};

describe.each(Object.entries(errors))('%s', (name, [error, facts, told = facts]) => {
  it('is an Error with a tag, a name, its facts and a stack', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(RxClaudeError);
    expect(error).toMatchObject({ _tag: name, name, ...facts });
    expect(error.toString()).toBe(`${name}: ${error.message}`);
    expect(error.stack).toMatch(`${name}: ${error.message}`);
    expect(error.stack).not.toContain('new RxClaudeError');
  });

  it('is known, by its tag too', () => {
    expect(RxClaudeError.is(error)).toBe(true);
    expect(RxClaudeError.is(error, name as ErrorTag)).toBe(true);
  });

  it('shows its tag and its facts, but no secrets and no inner marks, when it is logged as JSON', () => {
    const { message } = error;
    expect(JSON.parse(JSON.stringify(error))).toEqual({ name, message, tag: name, ...told });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('has a cause only when something caused it', () => {
    expect('cause' in error).toBe('cause' in facts);
  });

  it('speaks in whole sentences', () => {
    expect(error.message).toMatch(/^[`A-Z].*\.$/s);
    expect(error.message).not.toMatch(/undefined|\[object/);
  });
});

describe('messages say what to do', () => {
  it.each([
    [missingResult(), /Add `executeTools\(tools\)` to the round/],
    [thrownBy(() => executeTools([], { timeout: NaN })), /`executeTools\.timeout` must be .*, found NaN/],
    [cutStream({}), /empty.* [Ss]end the request again/],
    [cutStream({}, 'ping', 'ping', 'ping', 'x'), /4 events.*`x`.* Send the request again/],
    [cutStream({ unnamed: 4 }), /4 pieces.*proxy/],
    [cutStream({ cause: new Error('ECONNRESET') }, 'ping'), /ECONNRESET/],
    [unexpectedResponseError('a body of type application/json'), /application\/json.* Check .*base URL/],
    [thrownBy(() => ioTsJsonSchema(t.type({ when: unseen('x'.repeat(500)) }))), /^.{1,300}$/s],
    [timeout('first'), /30 ms.*`first`/],
    [timeout('each'), /30 ms.*`each`/],
    [timeout('total'), /30 ms.*`total`/],
    [circuit(0), /too many failures\. Try again in 500 ms\.$/],
    [circuit(500), /half open until its probe ends\. Try again soon\.$/],
  ])('case %#', (error, words) => {
    expect(error.message).toMatch(words);
  });

  it('of a bound: what was found, and what else can be done', () => {
    const what = 'The input is nested too deeply';
    expect(limitError('maxDepth', 3, what).message).toBe(`${what}. Expected at most 3. Raise \`maxDepth\`.`);
    expect(limitError('maxDepth', 3, what, { found: 4, remedy: 'write less' }).message).toBe(
      `${what}. Expected at most 3, found 4. Raise \`maxDepth\`, or write less.`,
    );
  });

  it('of one event, not of 1 events', () => {
    expect(cutStream({}, 'ping').message).not.toContain('1 events');
  });

  it('name what was found by its kind, in English', () => {
    const found = (value: unknown): string => thrownBy(() => executeTools([], { guard: value as never })).message;
    expect(found({})).toBe('`executeTools.guard` must be a function, found an object.');
    expect(found('x')).toBe('`executeTools.guard` must be a function, found a string.');
    expect(found(null)).toBe('`executeTools.guard` must be a function, found null.');
  });

  it('of a timeout too: what can be done about it', () => {
    for (const limit of ['first', 'each', 'total'] as const)
      expect(timeout(limit).message).toMatch(/raise|send .* again|retry/i);
  });
});

describe('new RxClaudeError', () => {
  it('takes the facts of its tag, and what else is known of any error', () => {
    const facts = { limit: 'maxChars', maximum: 1, found: 2, round: 3, attempt: 4, requestId: 'req_1' };
    const error = new RxClaudeError('LimitError', 'Too much.', { ...facts, cause });
    expect(error).toMatchObject({ _tag: 'LimitError', name: 'LimitError', message: 'Too much.', ...facts });
    expect(error.cause).toBe(cause);
    expect(Object.keys(error)).not.toContain('cause');
  });

  it('needs no facts where the tag has none', () => {
    expect({ ...new RxClaudeError('ProtocolError', 'Odd.') }).toEqual({ _tag: 'ProtocolError', name: 'ProtocolError' });
  });
});

describe('RxClaudeError.is', () => {
  const load = (): typeof Library => {
    let loaded: typeof Library | undefined;
    jest.isolateModules(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- the way to get a second copy of a module
      loaded = require('rxclaude') as typeof Library;
    });
    if (loaded === undefined) throw new Error('not loaded');
    return loaded;
  };

  it('knows the errors of another copy of the library, where instanceof does not', () => {
    const [one, two] = [load(), load()];
    const error = new one.RxClaudeError('ProtocolError', 'Odd.');
    expect(two.RxClaudeError).not.toBe(one.RxClaudeError);
    expect(error).not.toBeInstanceOf(two.RxClaudeError);
    expect(two.RxClaudeError.is(error)).toBe(true);
    expect(two.RxClaudeError.is(error, 'ProtocolError')).toBe(true);
    expect(RxClaudeError.is(error)).toBe(true);
  });

  it('tells one tag from another', () => {
    const error = new RxClaudeError('LimitError', 'Too much.', { limit: 'maxChars', maximum: 1, found: 2 });
    expect(RxClaudeError.is(error, 'LimitError')).toBe(true);
    expect(RxClaudeError.is(error, 'OptionError')).toBe(false);
  });

  it.each([
    new Error('x'),
    Object.assign(new Error('x'), { _tag: 'ProtocolError', name: 'ProtocolError' }),
    { _tag: 'ProtocolError' },
    'ProtocolError',
    null,
    undefined,
    5,
    () => 1,
    Symbol.for('rxclaude.error'),
    Object.create(null),
  ])('does not know %p', (value) => {
    expect(RxClaudeError.is(value)).toBe(false);
  });

  it('does not know a value that throws when it is looked at', () => {
    for (const value of hostile) expect(RxClaudeError.is(value)).toBe(false);
  });
});
