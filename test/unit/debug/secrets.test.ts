import { from, lastValueFrom, throwError, toArray, type Observable } from 'rxjs';
import { debugEvents, type RoundEvent } from 'rxclaude';
import { blockDelta, blockStart, blockStop, jsonDelta, messageStart, textDelta } from '../message/wire.js';

async function written(source: Observable<RoundEvent>): Promise<string[]> {
  const lines: string[] = [];
  const debugged = source.pipe(debugEvents({ sink: (line) => lines.push(line), maxChars: 100_000 }), toArray());
  await lastValueFrom(debugged).catch(() => undefined);
  return lines;
}

const call = { round: 1, id: 'toolu_1', name: 'x', index: 0 };
const tool_result = (content: unknown): object => ({
  ...call,
  type: 'tool_result',
  outcome: { _tag: 'Right', right: content },
  duration: 1,
  result: { type: 'tool_result', tool_use_id: 'toolu_1', content },
});

const failed = (why: string): object => ({
  _tag: 'Left',
  left: { _tag: 'Threw', name: 'Error', message: `failed with ${why}` },
});

/** Every place of a run at which a value is shown. */
const places: Readonly<Record<string, (value: unknown) => object[]>> = {
  'the input of a call': (value) => [{ ...call, type: 'tool_call', input: { _tag: 'Right', right: { value } } }],
  'the input that a guard is asked about': (value) => [{ ...call, type: 'approval_request', input: value }],
  'why a guard says no': (value) => [{ ...call, type: 'approval_decision', decision: 'denied', reason: text(value) }],
  'a wrong input': (value) => [
    {
      ...call,
      type: 'tool_call',
      input: { _tag: 'Left', left: { _tag: 'InvalidInput', message: `found ${text(value)}` } },
    },
  ],
  'a result': (value) => [tool_result(text(value))],
  'a result of blocks': (value) => [tool_result([{ type: 'text', text: text(value) }])],
  'an error of a tool': (value) => [{ ...tool_result('x'), outcome: failed(text(value)) }],
  'the progress of a tool': (value) => [{ ...call, type: 'tool_progress', value }],
  'the last message': (value) => [
    {
      type: 'round_start',
      round: 1,
      request: {
        model: 'm',
        max_tokens: 1,
        system: text(value),
        messages: [{ role: 'user', content: [{ type: 'text', text: text(value) }] }],
      },
    },
  ],
  'a message that is text': (value) => [
    {
      type: 'round_start',
      round: 1,
      request: { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: text(value) }] },
    },
  ],
  'text that is whole': (value) => [blockStart(0, { type: 'text', text: '' }), textDelta(0, text(value)), blockStop(0)],
  'a thought': (value) => [
    blockStart(0, { type: 'thinking', thinking: '' }),
    blockDelta(0, { type: 'thinking_delta', thinking: text(value) }),
    blockStop(0),
  ],
};

/** Those that show a value as the structure that it is. */
const STRUCTURED = ['the input of a call', 'the input that a guard is asked about', 'the progress of a tool'];

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const KEY = 'sk-ant-api03-AbCdEfGhIjKlMnOpQrStUvWxYz_0123456789-abcdefghijkl';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123_-x';

/** A value, and the part of it that nobody may see. */
const secrets: Readonly<Record<string, readonly [value: unknown, hidden: string]>> = {
  'an API key': [KEY, KEY.slice(7)],
  'an API key in a sentence': [`Use ${KEY}, please.`, KEY.slice(7)],
  'an API key on a line of its own': [`key:\n${KEY}\n`, KEY.slice(7)],
  'an API key behind a tab': [`key\t${KEY}`, KEY.slice(7)],
  'an API key in JSON in a string': [JSON.stringify({ config: `\n${KEY}` }), KEY.slice(7)],
  'an API key in a list': [['a', [KEY]], KEY.slice(7)],
  'an API key as the name of a field': [{ [KEY]: true }, KEY.slice(7)],
  'a bearer token': ['Authorization: Bearer abc.DEF-123_456', 'abc.DEF-123_456'],
  'a bearer token in lower case': ['authorization: bearer abc.DEF-123_456', 'abc.DEF-123_456'],
  'basic authorization': ['Authorization: Basic dXNlcjpodW50ZXIy', 'dXNlcjpodW50ZXIy'],
  'a JSON web token': [`token is ${JWT}`, JWT.slice(21)],
  'a GitHub token': ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghijklmnop'],
  'an AWS key': ['AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE'],
  'a private key': [
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----',
    'MIIEpAIBAAKCAQEA',
  ],
  'a password in a URL': ['postgres://admin:hunter2@db.example/x', 'hunter2'],
  'a password in a URL without a user': ['redis://:hunter2@cache.example:6379', 'hunter2'],
  'a password that is a field': [{ password: 'hunter2' }, 'hunter2'],
  'a password with spaces': [{ password: 'correct horse hunter2' }, 'hunter2'],
  'a password that is a number': [{ password: 31415926 }, '31415926'],
  'a nested field': [{ user: { login: { api_key: 'hunter2' } } }, 'hunter2'],
  'a field that holds an object': [{ credentials: { value: 'hunter2' } }, 'hunter2'],
  'a field that holds a list': [{ apiKeys: ['hunter2', 'hunter2'] }, 'hunter2'],
  'a field in a list': [[{ 'x-api-key': 'hunter2' }], 'hunter2'],
  'a header': [{ headers: { authorization: 'Basic hunter2', cookie: 'sid=hunter2' } }, 'hunter2'],
  'JSON in a string': [JSON.stringify({ body: '{"password":"hunter2"}' }), 'hunter2'],
  'JSON in a string, with spaces': ['{"password": "correct horse hunter2", "a": 1}', 'hunter2'],
  'JSON in a string, with commas': ['{"password":"a,b}hunter2"}', 'hunter2'],
  'JSON in JSON in a string': [JSON.stringify(JSON.stringify({ token: 'correct horse hunter2' })), 'hunter2'],
  'a quote in JSON in a string': [JSON.stringify({ secret: 'a"hunter2' }), 'hunter2'],
  'a cookie in text': ['Cookie: sid=hunter2; theme=dark', 'hunter2'],
  'a query': ['https://x.example/?access_token=hunter2&page=1', 'hunter2'],
  'an environment': ['DB_PASSWORD=hunter2\nHOME=/root', 'hunter2'],
  'a client secret': [{ clientSecret: 'hunter2' }, 'hunter2'],
  'a passphrase in text': ['{"passphrase":"hunter2"}', 'hunter2'],
};

describe('a secret is shown nowhere', () => {
  it.each(Object.entries(secrets))('%s', async (_, [value, hidden]) => {
    const leaks: Record<string, string[]> = {};
    for (const [place, events] of Object.entries(places)) {
      // JSON in a string is a case of its own.
      if (typeof value !== 'string' && !STRUCTURED.includes(place)) continue;
      const lines = await written(from(events(value) as RoundEvent[]));
      expect(lines.length).toBeGreaterThan(1);
      const leaking = lines.filter((line) => line.includes(hidden));
      if (leaking.length > 0) leaks[place] = leaking;
    }
    const lines = await written(throwError(() => new Error(`failed: ${String(value)}`)));
    if (lines.join('').includes(hidden)) leaks['an error of the stream'] = lines;
    expect(leaks).toEqual({});
  });
});

describe('a secret that is cut by the limit', () => {
  it.each([5, 12, 20, 30])('does not show its beginning: %d', async (maxChars) => {
    const lines: string[] = [];
    await lastValueFrom(
      from([tool_result(`a ${KEY}`)] as RoundEvent[]).pipe(debugEvents({ sink: (line) => lines.push(line), maxChars })),
    );
    expect(lines.join('\n')).not.toMatch(/sk-ant-api/);
  });
});

describe('a secret that is spread over several deltas', () => {
  const pieces = KEY.match(/.{1,4}/g) ?? [];
  /** Whether the pieces of the key stand in the lines in their order, whatever is between them. */
  const readable = (lines: string[]): boolean => {
    const all = lines.join('\n');
    let at = 0;
    return pieces.slice(2).every((piece) => {
      at = all.indexOf(piece, at);
      return at !== -1;
    });
  };

  it.each<[string, object[]]>([
    [
      'of text',
      [blockStart(0, { type: 'text', text: '' }), ...pieces.map((piece) => textDelta(0, piece)), blockStop(0)],
    ],
    [
      'of text that is never finished',
      [blockStart(0, { type: 'text', text: '' }), ...pieces.map((piece) => textDelta(0, piece))],
    ],
    [
      'of thinking',
      [
        blockStart(0, { type: 'thinking', thinking: '' }),
        ...pieces.map((piece) => blockDelta(0, { type: 'thinking_delta', thinking: piece })),
        blockStop(0),
      ],
    ],
    [
      'of an input',
      [blockStart(0, { type: 'tool_use', id: 'a', name: 'b' }), ...pieces.map((piece) => jsonDelta(0, piece))],
    ],
    ['of tool_input events', pieces.map((piece) => ({ ...call, type: 'tool_input', text: piece }))],
    ['of signatures', pieces.map((piece) => blockDelta(0, { type: 'signature_delta', signature: piece }))],
    [
      'of citations',
      pieces.map((piece) => blockDelta(0, { type: 'citations_delta', citation: { cited_text: piece } })),
    ],
    ['of a type that nobody knows', pieces.map((piece) => blockDelta(0, { type: 'odd_delta', text: piece }))],
    ['of compaction', pieces.map((piece) => blockDelta(0, { type: 'compaction_delta', content: piece }))],
    [
      'of interleaved blocks',
      [
        blockStart(0, { type: 'text', text: '' }),
        blockStart(1, { type: 'text', text: '' }),
        ...pieces.flatMap((piece) => [textDelta(0, piece), textDelta(1, 'noise')]),
        blockStop(0),
        blockStop(1),
      ],
    ],
  ])('cannot be read together: %s', async (_, events) => {
    expect(readable(await written(from([messageStart(), ...events] as RoundEvent[])))).toBe(false);
  });
});

describe('bytes and signatures', () => {
  const data = 'iVBORw0KGgoAAAANSUhEUg'.repeat(200);

  it('of images are not shown, at whatever depth', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
    const nested = { type: 'tool_result', tool_use_id: 'a', content: [image] };
    const lines = await written(
      from([
        tool_result([image]),
        {
          type: 'round_start',
          round: 1,
          request: { model: 'm', messages: [{ role: 'user', content: [image, nested] }] },
        },
      ] as unknown as RoundEvent[]),
    );
    expect(lines.join('\n')).not.toContain('iVBORw0KGgo');
    expect(lines[0]).toContain('image/png');
  });

  it('of thoughts that are sent back are not shown', async () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'EqQBCkYIARgC' },
      { type: 'redacted_thinking', data: 'EmwKAhgBEgy3' },
      { type: 'compaction', content: 'c', encrypted_content: 'Zm9vYmFy' },
      { type: 'web_search_result', encrypted_index: 'Zm9vYmFy' },
    ];
    const request = { model: 'm', messages: [{ role: 'assistant', content }] };
    const lines = await written(from([{ type: 'round_start', round: 1, request }] as unknown as RoundEvent[]));
    expect(lines.join('\n')).not.toMatch(/EqQBCkYIARgC|EmwKAhgBEgy3|Zm9vYmFy/);
  });
});

describe('control characters', () => {
  const evil =
    'a\r\nFAKE 0 ms  complete\n\u001b[2J\u001b]0;title\u0007\u0085\u009b31m\u2028\u2029\u0000\u200b\u202ebackwards\u0008';
  const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

  it.each(Object.entries(places))('cannot break a line nor reach the terminal from %s', async (_, events) => {
    for (const line of await written(from(events(evil) as RoundEvent[]))) expect(line).not.toMatch(CONTROL);
  });

  it.each<[string, object]>([
    ['the name of a tool', { ...call, name: evil, type: 'tool_start' }],
    ['the id of a call', { ...call, id: evil, type: 'tool_start' }],
    ['the id of a call that a guard is asked about', { ...call, id: evil, type: 'approval_request', input: {} }],
    ['why a guard says no', { ...call, type: 'approval_decision', decision: 'denied', reason: evil }],
    ['the type of an event', { type: evil }],
    ['the type of a block', blockStart(0, { type: evil })],
    ['the type of a delta', blockDelta(0, { type: evil })],
    ['the id of a message', messageStart({ id: evil })],
    ['the model', messageStart({ model: evil })],
    ['a stop reason', { type: 'message_delta', delta: { stop_reason: evil }, usage: {} }],
    ['a field of an input', { ...call, type: 'tool_call', input: { _tag: 'Right', right: { [evil]: 1 } } }],
    ['the model of a request', { type: 'round_start', round: 1, request: { model: evil, messages: [] } }],
  ])('cannot do so from %s', async (_, event) => {
    for (const line of await written(from([event] as RoundEvent[]))) expect(line).not.toMatch(CONTROL);
  });

  it('cannot do so from an error of the stream', async () => {
    for (const error of [new Error(evil), evil, Object.assign(new Error('x'), { name: evil })]) {
      const lines = await written(throwError(() => error));
      expect(lines).toHaveLength(1);
      for (const line of lines) expect(line).not.toMatch(CONTROL);
    }
  });
});

describe('a text that is made to keep the search busy', () => {
  it.each([
    'eyJ-',
    'eyJa.',
    'sk-',
    'token',
    'token":"',
    'token=\\\\',
    '://a:',
    'Bearer ',
    '\\\\',
    'cookie:',
    '-----BEGIN PRIVATE KEY-----',
  ])('is written without delay: %j', async (piece) => {
    const startedAt = performance.now();
    await written(from([tool_result(piece.repeat(100_000 / piece.length))] as RoundEvent[]));
    // It takes some 20 ms when the work is linear and 5 000 ms when it is not.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
