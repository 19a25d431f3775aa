/** Options that are functions, or words, or kinds of tokens: what they cannot be is refused at once. */
import * as t from 'io-ts';
import { converse, defineTool, executeTools, resumeConversation, retryRound } from 'rxclaude';
import type { ClaudeClient } from 'rxclaude';
import { tagged } from '../../support/errors.js';

const client: ClaudeClient = { messages: { create: () => Promise.reject(new Error('Nothing may be sent.')) } };
const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'x' }] };
const tool = { name: 'x', description: 'x', input: t.type({}), run: () => 1 };
const round = (): never[] => [];

type Use = (value: never) => unknown;

const functions: readonly (readonly [string, Use])[] = [
  ['executeTools.guard', (guard) => executeTools([], { guard })],
  ['defineTool.guard', (guard) => defineTool({ ...tool, guard })],
  ['resumeConversation.stopWhen', (stopWhen) => resumeConversation(round, { stopWhen })],
  ['retryRound.retryWhen', (retryWhen) => retryRound({ retryWhen })],
  ['retryRound.random', (random) => retryRound({ random })],
  // In `converse`, the operator that an option is for checks it.
  ['executeTools.guard', (guard) => converse(client, request, { tools: { guard } })],
  ['resumeConversation.stopWhen', (stopWhen) => converse(client, request, { stopWhen })],
  ['retryRound.retryWhen', (retryWhen) => converse(client, request, { retry: { retryWhen } })],
  ['retryRound.random', (random) => converse(client, request, { retry: { random } })],
];

describe.each(functions)('%s', (option, use) => {
  it.each([true, false, null, 'yes', 5, {}, []])('cannot be %p', (value) => {
    const refusing = () => use(value as never);
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow(`\`${option}\` must be a function`);
  });

  it('can be a function, or left out', () => {
    expect(() => use((() => true) as never)).not.toThrow();
    expect(() => use(undefined as never)).not.toThrow();
  });
});

const budgets: readonly (readonly [string, Use])[] = [
  ['resumeConversation.budget', (budget) => resumeConversation(round, { budget })],
  ['resumeConversation.budget', (budget) => converse(client, request, { budget })],
];

describe.each(budgets)('%s', (option, use) => {
  it('cannot name a kind of tokens that there is not', () => {
    const refusing = () => use({ tokens: 5 } as never);
    expect(refusing).toThrow(tagged('OptionError'));
    expect(refusing).toThrow(`\`${option}.tokens\` must be one of input_tokens, output_tokens, `);
  });

  it('can name some of them, or none', () => {
    expect(() => use({ output_tokens: 5, thinking_tokens: Infinity } as never)).not.toThrow();
    expect(() => use({} as never)).not.toThrow();
  });
});
