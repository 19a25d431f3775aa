import { checkHistory } from '../../../src/history/checkHistory.js';
import { mendHistory } from '../../../src/history/mendHistory.js';
import { describeRecordings, recordings } from '../../support/recordings.js';
import { badRequests, goodRequest } from '../../support/strictRules/badRequests.js';
import { refuse } from '../../support/strictRules/refuse.js';
import { calls, results, serverTools } from './badCalls.js';
import { left, shapes, texts, thoughts } from './badShapes.js';
import { given, givenTools } from './given.js';
import { goodHistories } from './goodHistories.js';

interface Request {
  readonly messages: readonly unknown[];
  readonly tools?: readonly unknown[] | undefined;
}

/** What no look at messages and tools can tell: other fields of the request, the model, who is to speak next. */
const UNSEEN = [
  /^(max_tokens|maxRounds|temperature): /,
  /^strictServer: (a streaming request|threads)/,
  /tool_choice forces tool use/,
  /^messages: (at least one message|final assistant content)/,
  /does not support assistant message prefill/,
  /^container_id is required/,
  /When `thinking` is enabled/,
];
const isUnseen = (words: string): boolean => UNSEEN.some((pattern) => pattern.test(words));

const wordings = ({ messages, tools }: Request): string[] =>
  checkHistory(given(messages), givenTools(tools)).map(({ wording }) => wording);

describe('what the strict server refuses', () => {
  const seen = badRequests
    .filter(({ message }) => !isUnseen(message))
    .map(({ rule, change, message }) => {
      const request: Request = { ...goodRequest, ...change };
      return { rule, request, message: message.replace('strictServer: ', '') };
    });

  it.each(seen)('is found, in its words: $rule', ({ rule, message, request: { tools = [], messages } }) => {
    const found = wordings({ messages, tools });
    // The field of a server tool is the API's to know; the toolset is not named, for its name may be anything.
    if (rule === 'leftover of a server tool') expect(found).toEqual([]);
    else if (rule === 'toolset name missing') expect(found).toEqual([message.replace(/ \(".*"\)$/, '')]);
    else expect(found).toContain(message);
  });

  it('is nearly all that it has words for', () => {
    expect(seen.length).toBeGreaterThan(45);
  });
});

const SERVER = { model: 'claude-sonnet-4-5', max_tokens: 9, stream: true, container: 'c', mcp_servers: [] };
const tools = ['add', 'web_search', 'code_execution', 'bash_code_execution'].map((name) => ({
  name,
  input_schema: { type: 'object' },
}));

describe('what the strict server takes', () => {
  const whole = goodHistories.filter(([rule]) => !['no message', 'a system message of settings'].includes(rule));

  it.each(whole.map(([rule, messages]) => ({ rule, messages })))('are histories without a defect: $rule', (one) => {
    const refusal = refuse({ ...SERVER, tools, messages: one.messages });
    expect(refusal === undefined || isUnseen(refusal) ? undefined : refusal).toBeUndefined();
  });

  it.each([calls, results, serverTools, texts, thoughts, shapes, left].flat().filter(({ mended }) => mended))(
    'are mended histories: $rule',
    ({ messages }) => {
      const mended = mendHistory(given(messages)).messages;
      const next = mendHistory([...mended, { role: 'user', content: 'Go on.' }]).messages;
      expect(refuse({ ...SERVER, tools, messages: next })).toBeUndefined();
    },
  );
});

describeRecordings('requests that real servers took', () => {
  const taken = recordings().filter(({ request }) => request !== undefined);

  it('are there', () => {
    expect(taken.length).toBeGreaterThan(100);
  });

  it('have no defect, and are not mended', () => {
    const wrong = taken.filter(({ request }) => wordings(request as Request).length > 0);
    expect(wrong.map(({ name, request }) => [name, wordings(request as Request)])).toEqual([]);
    for (const { request } of taken) {
      const { messages } = request as Request;
      expect(mendHistory(given(messages)).messages).toBe(messages);
    }
  });

  it('have none with the reply after them, except for calls without an answer', () => {
    const replied = taken.filter(({ message, abnormal }) => message !== undefined && abnormal === undefined);
    const wrong = replied.flatMap(({ name, request, message }) => {
      const { messages, tools: sent } = request as Request;
      const { content } = message as { content: unknown };
      const found = checkHistory(given([...messages, { role: 'assistant', content }]), givenTools(sent));
      return found.filter(({ code }) => code !== 'tool_use_without_result').map(({ wording }) => `${name}: ${wording}`);
    });
    expect(wrong).toEqual([]);
  });
});
