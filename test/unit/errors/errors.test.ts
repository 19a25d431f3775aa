import type * as Library from 'rxclaude';
import {
  JsonSchemaError,
  MissingToolResultError,
  OptionError,
  ProtocolError,
  RxClaudeError,
  TimeoutGuardError,
  ToolDefinitionError,
  TruncatedStreamError,
  UnexpectedResponseError,
} from 'rxclaude';

const cause = new TypeError('terminated');

const errors: readonly (readonly [string, RxClaudeError, facts: object])[] = [
  [
    'JsonSchemaError',
    new JsonSchemaError('input.when', 'Day', 'which is odd. Wrap it.'),
    { path: 'input.when', found: 'Day' },
  ],
  ['MissingToolResultError', new MissingToolResultError(2, ['a', 'b']), { round: 2, ids: ['a', 'b'] }],
  ['OptionError', new OptionError('f.n', 'a number', 'x'), { option: 'f.n', found: 'x' }],
  ['ProtocolError', new ProtocolError('Odd.', { cause }), { cause }],
  ['TimeoutGuardError', new TimeoutGuardError('each', 5), { limit: 'each', milliseconds: 5 }],
  ['ToolDefinitionError', new ToolDefinitionError('add', 'it is odd.', { cause }), { tool: 'add', cause }],
  [
    'TruncatedStreamError',
    new TruncatedStreamError({ lastEvent: 'ping', events: 3, requestId: 'req_1', cause }),
    { lastEvent: 'ping', events: 3, requestId: 'req_1', cause },
  ],
  [
    'UnexpectedResponseError',
    new UnexpectedResponseError({ found: 'a body of type text/html', status: 200, requestId: 'req_1' }),
    { found: 'a body of type text/html', status: 200, requestId: 'req_1' },
  ],
];

describe.each(errors)('%s', (name, error, facts) => {
  it('is an Error with a tag, a name, its facts and a stack', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(RxClaudeError);
    expect(error).toMatchObject({ _tag: name, name, ...facts });
    expect(error.toString()).toBe(`${name}: ${error.message}`);
    expect(error.stack).toContain(name);
    expect(error.stack).toContain('errors.test');
  });

  it('is known, and shows its tag and its facts, but no inner marks, when it is logged as JSON', () => {
    expect(RxClaudeError.is(error)).toBe(true);
    const { cause: _, ...own } = facts as { cause?: unknown };
    expect(JSON.parse(JSON.stringify(error))).toEqual({ _tag: name, ...own });
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
    [new MissingToolResultError(1, ['a']), /Put `executeTools\(tools\)` into the round/],
    [
      new OptionError('executeTools.timeout', 'a number of milliseconds', NaN),
      /`executeTools\.timeout` must be .*, found NaN/,
    ],
    [new TruncatedStreamError({ lastEvent: undefined, events: 0 }), /empty.* [Ss]end the request again/],
    [
      new TruncatedStreamError({ lastEvent: 'message_delta', events: 7 }),
      /7 events.*`message_delta`.* send the request again/,
    ],
    [new TruncatedStreamError({ lastEvent: undefined, events: 0, unnamed: 4 }), /4 pieces.*proxy/],
    [new TruncatedStreamError({ lastEvent: 'ping', events: 1, cause: new Error('ECONNRESET') }), /ECONNRESET/],
    [new UnexpectedResponseError({ found: 'a body of type application/json' }), /application\/json.* Check .*base URL/],
    [new JsonSchemaError('input.when', 'x'.repeat(500), 'which is odd. Wrap it.'), /^.{1,200}$/s],
    [new TimeoutGuardError('first', 30), /30 ms.*`first`/],
    [new TimeoutGuardError('each', 30), /30 ms.*`each`/],
    [new TimeoutGuardError('total', 30), /30 ms.*`total`/],
  ])('case %#', (error, words) => {
    expect(error.message).toMatch(words);
  });

  it('of one event, not of 1 events', () => {
    expect(new TruncatedStreamError({ lastEvent: 'message_start', events: 1 }).message).not.toContain('1 events');
  });

  it('name what was found by its kind, in English', () => {
    expect(new OptionError('f.n', 'a number', {}).message).toBe('`f.n` must be a number, found an object.');
    expect(new OptionError('f.n', 'a number', 'x').message).toBe('`f.n` must be a number, found a string.');
    expect(new OptionError('f.n', 'a number', null).message).toBe('`f.n` must be a number, found null.');
  });

  it('of a timeout too: what can be done about it', () => {
    for (const limit of ['first', 'each', 'total'] as const)
      expect(new TimeoutGuardError(limit, 30).message).toMatch(/raise|send .* again|retry/i);
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
    const error = new one.ProtocolError('Odd.');
    expect(two.ProtocolError).not.toBe(one.ProtocolError);
    expect(error).not.toBeInstanceOf(two.RxClaudeError);
    expect(two.RxClaudeError.is(error)).toBe(true);
    expect(two.ProtocolError.is(error)).toBe(true);
    expect(RxClaudeError.is(error)).toBe(true);
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
  ])('does not know %p', (value) => {
    expect(RxClaudeError.is(value)).toBe(false);
  });
});
