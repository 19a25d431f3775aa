import { code, type Code, fieldCode, type Imports, indented } from './code.js';
import { errorCode } from './errorCode.js';
import type { PlannedReply } from './planReply.js';
import type { Plan, PlannedTool } from './planTest.js';
import { replyCode } from './replyCode.js';

/** The test of a whole conversation, as a file. */
export function conversationCode(name: string, plan: Plan, picture: string): Code {
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

/** A test for each reply by itself, as a file. */
export function repliesCode(name: string, plan: Plan, pictures: readonly string[]): Code {
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

/** The request, with the tools that the API runs, and those of the test. */
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
