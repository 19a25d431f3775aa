import { checkHistory } from '../../../src/history/checkHistory.js';
import { mendHistory } from '../../../src/history/mendHistory.js';
import { ask, call, claude, result, text, user } from './blocks.js';
import { given, givenTools } from './given.js';

const fighting = (field: string, more: object = {}): object =>
  Object.defineProperty({ ...more }, field, {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
const proxy = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error('no');
    },
    get: () => {
      throw new Error('no');
    },
  },
);
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const circular: Record<string, unknown> = { role: 'user' };
circular['content'] = [circular];
const pollution = JSON.parse('{"type":"text","text":"a","__proto__":{"role":"user"}}') as object;

describe('whatever a history holds', () => {
  it.each([
    ['a getter that throws', [fighting('content', { role: 'user' })]],
    ['a getter in a block', [user(text('a'), fighting('text', { type: 'text' }))]],
    [
      'a getter in a result',
      [ask, claude(call('t1')), user(result('t1', { content: [fighting('text', { type: 'text' })] }))],
    ],
    ['a getter in a caller', [ask, claude(call('t1', { caller: fighting('tool_id') }))]],
    ['a proxy', [proxy]],
    ['a revoked proxy', [revoked.proxy]],
    ['itself', [circular]],
    ['a hole', new Array<unknown>(2)],
    ['holes in a message', [{ role: 'user', content: new Array<unknown>(2) }]],
    ['functions and symbols', [() => 1, Symbol('x'), 1n]],
    ['a key called __proto__', [user(pollution)]],
    ['ids called __proto__', [ask, claude(call('__proto__')), user(result('constructor'))]],
    ['types called __proto__', [user({ type: '__proto__' }, { type: 'constructor', text: '' }), claude(text(''))]],
    ['deep input', [ask, claude(call('t1', { input: '['.repeat(100_000) }))]],
  ])('nothing is thrown: %s', (_, messages) => {
    const history = messages as unknown as Parameters<typeof checkHistory>[0];
    expect(checkHistory(history)).not.toEqual([]);
    const { messages: mended, unmended } = mendHistory(history);
    expect(unmended).toEqual([]);
    expect(checkHistory(mended)).toEqual([]);
    expect(mendHistory(mended).messages).toBe(mended);
  });

  it.each([[null], [undefined], [5], ['messages'], [{}]])('nothing is thrown where %j stands for it', (messages) => {
    const history = messages as unknown as Parameters<typeof checkHistory>[0];
    const defects = [expect.objectContaining({ code: 'malformed_message', path: 'messages' }) as unknown];
    expect(checkHistory(history)).toEqual(defects);
    expect(mendHistory(history)).toEqual({ messages, changes: [], unmended: defects });
  });

  it.each([[null], [5], [{}], ['tools']])('tools that are %j count as not known', (tools) => {
    expect(checkHistory(given([ask]), tools as never)).toEqual([]);
  });

  it('tools may fight back', () => {
    const tools = givenTools([proxy, fighting('name'), 5, () => 1, Symbol('x')]);
    expect(checkHistory(given([ask]), tools).length).toBeGreaterThanOrEqual(5);
  });

  it('fields that JSON leaves out are none', () => {
    const message = { ...claude(text('a', { parsed_output: undefined, run: () => 1 })), id: undefined };
    const tool = { name: 'add', input_schema: { type: 'object' }, timeout: undefined };
    expect(checkHistory(given([ask, message]), givenTools([tool]))).toEqual([]);
  });

  it('10 000 results of one call, and 10 000 calls of one id, take no time', () => {
    const many = Array.from({ length: 10_000 });
    const messages = given([ask, ...many.map(() => claude(call('t 1'))), user(...many.map(() => result('t 1')))]);
    const started = performance.now();
    expect(mendHistory(messages).unmended).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
