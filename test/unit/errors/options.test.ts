import * as t from 'io-ts';
import {
  converse,
  debugEvents,
  defineTool,
  executeTools,
  resumeConversation,
  timeoutGuard,
  type ClaudeClient,
} from 'rxclaude';
import { tagged } from '../../support/errors.js';

const client: ClaudeClient = { messages: { create: () => Promise.reject(new Error('Nothing may be sent.')) } };
const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'x' }] };
const tool = { name: 'x', description: 'x', input: t.type({}), run: () => 1 };
const round = (): never[] => [];

type Use = (value: never) => unknown;

const counts: readonly (readonly [string, Use])[] = [
  ['executeTools.concurrency', (concurrency) => executeTools([], { concurrency })],
  ['executeTools.maxResultChars', (maxResultChars) => executeTools([], { maxResultChars })],
  ['resumeConversation.maxRounds', (maxRounds) => resumeConversation(round, { maxRounds })],
  ['debugEvents.maxChars', (maxChars) => debugEvents({ maxChars })],
  ['defineTool.maxResultChars', (maxResultChars) => defineTool({ ...tool, maxResultChars })],
  // In `converse`, the operator that an option is for checks it.
  ['executeTools.concurrency', (concurrency) => converse(client, request, { tools: { concurrency } })],
  ['resumeConversation.maxRounds', (maxRounds) => converse(client, request, { maxRounds })],
];

const milliseconds: readonly (readonly [string, Use])[] = [
  ['executeTools.timeout', (timeout) => executeTools([], { timeout })],
  ['timeoutGuard.first', (first) => timeoutGuard({ first })],
  ['timeoutGuard.each', (each) => timeoutGuard({ each, first: 5 })],
  ['timeoutGuard.total', (total) => timeoutGuard({ total })],
  ['resumeConversation.deadline.total', (total) => resumeConversation(round, { deadline: { total } })],
  ['resumeConversation.deadline.total', (total) => converse(client, request, { deadline: { total } })],
  ['defineTool.timeout', (timeout) => defineTool({ ...tool, timeout })],
  ['timeoutGuard.first', (first) => converse(client, request, { timeout: { first } })],
  ['timeoutGuard.each', (each) => converse(client, request, { timeout: { each } })],
  ['timeoutGuard.total', (total) => converse(client, request, { timeout: { total } })],
];

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

const never = [NaN, 0, -1, -Infinity, '5', '', null, true, 5n, {}, [], () => 1];

describe.each(counts)('%s', (option, use) => {
  it.each([...never, 0.5, 1.5])('cannot be %p: that fails at once', (value) => {
    const error = thrownBy(() => use(value as never));
    expect(error).toEqual(tagged('OptionError'));
    expect(error).toMatchObject({ found: value });
    expect((error as Error).message).toMatch(/ must be a whole number from 1 up, or Infinity, found /);
  });

  it.each([1, 2, 1_000_000, Infinity, undefined])('can be %p', (value) => {
    expect(thrownBy(() => use(value as never))).toBeUndefined();
  });

  it('is named in the error', () => {
    expect(thrownBy(() => use(0 as never))).toMatchObject({ option });
  });
});

describe.each(milliseconds)('%s', (option, use) => {
  // From 2 ** 31 on, a timer would fire at once.
  it.each([...never, 2 ** 31, Number.MAX_SAFE_INTEGER])('cannot be %p: that fails at once', (value) => {
    const error = thrownBy(() => use(value as never));
    expect(error).toEqual(tagged('OptionError'));
    expect(error).toMatchObject({ found: value });
    expect((error as Error).message).toMatch(/ must be milliseconds above 0, at most 2147483647, or Infinity, found /);
  });

  it.each([0.5, 1, 2 ** 31 - 1, Infinity, undefined])('can be %p', (value) => {
    expect(thrownBy(() => use(value as never))).toBeUndefined();
  });

  it('is named in the error', () => {
    expect(thrownBy(() => use(0 as never))).toMatchObject({ option });
  });
});
