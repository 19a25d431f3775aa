import { isObject } from '../../../src/values/isObject.js';
import type { Cassette } from '../cassette/Cassette.js';
import type { Plan, PlannedEvent, PlannedReply, PlannedTool } from './planTest.js';
import { playRecording } from './playRecording.js';

/** Options of {@link marbleTestFrom}. */
export interface MarbleTestOptions {
  /** The name of the test. Default: `'a recorded conversation'`. */
  readonly name?: string;
}

/**
 * Makes a marble test of a recording: a TypeScript file that passes, as a start.
 *
 * The replies become diagrams at their recorded times, the tools return the recorded results after the recorded times, and the
 * expectation is what rxclaude makes of them now. When the requests are not the rounds of one conversation, each reply gets a
 * test.
 *
 * @param cassette A cassette or its text.
 * @param options `name`.
 * @returns The text of the file. It imports `marble` from `rxclaude/marbles`, which needs a global `it` or `test`.
 * @throws CassetteError for text that is not a cassette.
 * @example
 * ```ts
 * import { marbleTestFrom } from 'rxclaude/recordings';
 *
 * declare const cassette: string;
 *
 * console.log(marbleTestFrom(cassette));
 * ```
 */
export function marbleTestFrom(cassette: string | Cassette, options: MarbleTestOptions = {}): string {
  const { name = 'a recorded conversation' } = options;
  const { plan, conversation, replies } = playRecording(cassette);
  if (conversation !== undefined) return conversationCode(name, plan, conversation.text);
  return repliesCode(
    name,
    plan,
    replies.map(({ text }) => text),
  );
}

/** A file with one test of the conversation. */
function conversationCode(name: string, plan: Plan, picture: string): Code {
  const imports: Imports = new Set(['marble']);
  const replies = plan.replies.map((reply) => `${replyCode(reply, imports)},`);
  const tools = plan.tools.map((tool) => `${toolCode(tool, imports)},`);
  const { maxRounds, retries } = plan;
  const retry = retries === 0 ? 'false' : `{ retries: ${retries}, random: () => 1 }`;
  const helpers = ['reply', 'scriptClaude', ...(tools.length > 0 ? ['tool'] : []), 'expectEvents'];
  const body = [
    `const client = scriptClaude(\n${indented(replies)}\n);`,
    ...(tools.length > 0 ? [`const tools = [\n${indented(tools)}\n];`] : []),
    pictureCode(picture),
    `const run$ = converse(client, ${requestCode(plan, tools.length > 0)}, { maxRounds: ${maxRounds}, retry: ${retry} });`,
    'expectEvents(run$).toBe(expected);',
  ];
  return fileCode('converse', imports, [testCode(name, helpers, body)]);
}

/** A file with a test for each reply. */
function repliesCode(name: string, plan: Plan, pictures: readonly string[]): Code {
  const imports: Imports = new Set(['marble']);
  const tests = plan.replies.map((reply: PlannedReply, index) => {
    const body = [
      `const client = scriptClaude(\n${indented([`${replyCode(reply, imports)},`])}\n);`,
      pictureCode(pictures[index] ?? '-'),
      `expectEvents(claudeStream(client, ${requestCode(plan, false)})).toBe(expected);`,
    ];
    return testCode(`${name}, reply ${index + 1}`, ['reply', 'scriptClaude', 'expectEvents'], body);
  });
  return fileCode('claudeStream', imports, tests);
}

function fileCode(operator: string, imports: Imports, tests: readonly Code[]): Code {
  const names = [...imports].sort().join(', ');
  const head = `import { ${operator} } from 'rxclaude';\nimport { ${names} } from 'rxclaude/marbles';`;
  return `${[head, ...tests].join('\n\n')}\n`;
}

function testCode(name: string, helpers: readonly string[], body: readonly Code[]): Code {
  return `marble(${code(name)}, ({ ${helpers.join(', ')} }) => {\n${indented([body.join('\n\n')])}\n});`;
}

function pictureCode(picture: string): Code {
  return `const expected = \`\n${indented([picture])}\n\`;`;
}

/** The request, with the tools that the API runs and those of the test. */
function requestCode({ request: { tools: served, ...request } }: Plan, own: boolean): Code {
  const tools = [...(Array.isArray(served) ? served.map(code) : []), ...(own ? ['...tools'] : [])];
  const fields = Object.entries(request).map(([field, value]) => `${fieldCode(field, code(value))},`);
  const ofTools = own && tools.length === 1 ? 'tools,' : `tools: [${tools.join(', ')}],`;
  return `{\n${indented(tools.length === 0 ? fields : [...fields, ofTools])}\n}`;
}

function toolCode({ name, diagrams, values }: PlannedTool, imports: Imports): Code {
  const meanings = Object.entries(values).map(([letter, value]) =>
    fieldCode(letter, value instanceof Error ? errorCode(value, imports) : code(value)),
  );
  const plays = diagrams.length === 1 ? code(diagrams[0]) : `[${diagrams.map(code).join(', ')}]`;
  return meanings.length === 0
    ? `tool(${code(name)}, ${plays})`
    : `tool(${code(name)}, ${plays}, { ${meanings.join(', ')} })`;
}

/** The code of a reply. */
function replyCode({ diagram, letters, error }: PlannedReply, imports: Imports): Code {
  const meanings = [...letters].map(([letter, events]) => `${letter}: ${meaningCode(events, imports)},`);
  if (error !== undefined) meanings.push(`'#': ${errorCode(error, imports)},`);
  if (meanings.length === 0) return `reply(${code(diagram)})`;
  return `reply(${code(diagram)}, {\n${indented(meanings)}\n})`;
}

function meaningCode(planned: readonly PlannedEvent[], imports: Imports): Code {
  const events = planned.map((event) => eventCode(event, imports));
  const [first = '', ...others] = events;
  if (others.every((other) => other === first)) return first;
  imports.add('inTurn');
  return `inTurn(\n${indented(events.map((event) => `${event},`))}\n)`;
}

/** The code of an event: the short form when the reply would give its block the same index. */
function eventCode({ event, inPlace }: PlannedEvent, imports: Imports): Code {
  const piece: unknown = 'delta' in event ? event.delta : undefined;
  if (inPlace && isObject(piece) && Object.keys(piece).length === 2 && Object.keys(event).length === 3) {
    const [text, json] = [piece['text'], piece['partial_json']];
    if (piece['type'] === 'text_delta' && typeof text === 'string') return call('text', text, imports);
    if (piece['type'] === 'input_json_delta' && typeof json === 'string') return call('inputJson', json, imports);
  }
  return call('event', event, imports);
}

function call(name: string, argument: unknown, imports: Imports): Code {
  imports.add('claude');
  return `claude.${name}(${code(argument)})`;
}

/** The code of the error that a reply fails with. */
function errorCode(error: unknown, imports: Imports): Code {
  const { _tag, type, status, error: body, headers } = isObject(error) ? error : {};
  if (_tag !== 'ClaudeApiError') return `new Error(${code(error instanceof Error ? error.message : String(error))})`;
  imports.add('apiError');
  const inner = isObject(body) ? body['error'] : undefined;
  const message = isObject(inner) ? inner['message'] : undefined;
  const retryAfter = headers instanceof Headers ? headers.get('retry-after') : null;
  const options = {
    ...(typeof message === 'string' && message !== type && { message }),
    ...(typeof status === 'number' && { status }),
    ...(retryAfter !== null && { headers: { 'retry-after': retryAfter } }),
  };
  const word = typeof type === 'string' ? code(type) : 'undefined';
  return Object.keys(options).length === 0 ? `apiError(${word})` : `apiError(${word}, ${code(options)})`;
}

/** Source code. */
type Code = string;

/** The names that the code imports from the kit. */
type Imports = Set<string>;

/** A value as a literal. */
function code(value: unknown): Code {
  if (typeof value === 'string') return quoted(value);
  // JSON may contain U+2028 and U+2029, which literals allow since ES2019.
  return JSON.stringify(value);
}

function quoted(text: string): Code {
  const json = JSON.stringify(text);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** A field of an object literal. */
function fieldCode(name: string, value: Code): Code {
  return `${/^[a-z_]\w*$/i.test(name) ? name : code(name)}: ${value}`;
}

/** Lines of code, indented. */
function indented(pieces: readonly Code[], by = 2): Code {
  return pieces.join('\n').replace(/^(?=.)/gm, ' '.repeat(by));
}
