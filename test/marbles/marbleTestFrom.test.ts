import { lastValueFrom } from 'rxjs';
import { converse, defineTool, fetchClient, jsonSchema } from '../../src/index.js';
import { claude } from '../../marbles/index.js';
import {
  cassetteFromRecording,
  drawRecording,
  formatCassette,
  marbleTestFrom,
  record,
} from '../../marbles/recordings/index.js';
import { compile } from '../docs/compile.js';
import { outputOf } from '../docs/runSnippet.js';
import { strictServer } from '../support/strictServer.js';
import { toSse, toSseEvent } from '../support/sse.js';
import { request } from './support/answering.js';

const calling = claude.message(
  claude.textBlock("Let me see what's `there`.", ' ${now}'),
  claude.toolUse('toolu_1', 'get_weather', { city: 'Oslo "north"' }, 3),
  claude.toolUse('toolu_2', 'get_time', {}),
);
const answer = claude.message(claude.textBlock('It rains\\n', 'at noon.\u2028'));
const user = request.messages[0]!;
const results = [
  { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'rain' }] },
  { type: 'tool_result', tool_use_id: 'toolu_2', content: 'Error: no clock', is_error: true },
];
const second = {
  ...request,
  messages: [user, { role: 'assistant', content: 'x' }, { role: 'user', content: results }],
};
const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
const cut = `${toSse(answer.slice(0, 4))}${toSseEvent(overloaded)}`;

/** A conversation of two rounds, of which the second one is asked for twice. */
const conversation = cassetteFromRecording([
  { sse: toSse(calling), request: { ...request, temperature: 1, stream: true } },
  { sse: cut, request: second },
  { sse: toSse(answer), request: second },
]);

const name = "the agent's test";

/** Replies that are no rounds of one conversation. */
const replies = cassetteFromRecording([
  { sse: toSse(answer), request },
  {
    sse: toSse(claude.message(claude.wholeBlock({ type: 'redacted_thinking', data: 'x' }))),
    request: { ...request, messages: [user, user] },
  },
  { sse: toSse([claude.messageStart()]), request },
]);

it('the tests that are made compile', () => {
  const made = [marbleTestFrom(conversation, { name }), marbleTestFrom(replies)];
  expect(compile(made.map((code, at) => ({ where: `test ${at + 1}`, code })))).toEqual([]);
}, 60_000);

describe('a recorded conversation', () => {
  const made = marbleTestFrom(conversation, { name });

  // Declares the test that was made.
  const output = outputOf(made);

  it('becomes a test that says nothing beside', () => {
    expect(output).toBe('');
  });

  it('has its tools, what they found and how long they took, its retry and its times', () => {
    expect(made).toContain('marble("the agent\'s test"');
    expect(made).toContain(`tool('get_weather', ' 20ms (a|)', { a: [{"type":"text","text":"rain"}] })`);
    expect(made).toContain(`tool('get_time', ' 20ms #', { '#': new Error('no clock') })`);
    expect(made).toContain('retry: { retries: 1, random: () => 1 }');
    expect(made).toContain('\'#\': apiError(\'overloaded_error\', {"message":"Overloaded"})');
    expect(made).toMatch(/get_weather +I {4}I {4}I {4}K/);
    expect(made).not.toContain('temperature');
  });

  it('can be drawn', () => {
    const [diagram, ...others] = drawRecording(formatCassette(conversation), { title: 'A title' });
    expect(others).toEqual([]);
    expect(diagram!.text).toMatch(/^get_weather /m);
    expect(diagram!.svg).toContain('A title');
  });
});

describe('replies that are no rounds of one conversation', () => {
  const made = marbleTestFrom(replies);
  const output = outputOf(made);

  it('become a test each', () => {
    expect(output).toBe('');
    expect(made.match(/^marble\('a recorded conversation, reply \d'/gm)).toHaveLength(3);
    expect(made).toContain('claudeStream(client');
    expect(drawRecording(replies)).toHaveLength(3);
  });
});

describe('what was recorded over HTTP', () => {
  it('has no key, and becomes a test of the same conversation', async () => {
    const server = await strictServer([{ events: calling }, { events: answer }]);
    const recorder = record();
    const client = fetchClient({ baseURL: server.url, apiKey: 'sk-ant-secret-0123456789', fetch: recorder.fetch });
    const tools = ['get_weather', 'get_time'].map((name) =>
      defineTool({ name, description: name, input: jsonSchema({ type: 'object' }), run: () => `${name} 1` }),
    );
    await lastValueFrom(converse(client, { ...request, tools }));
    await server.close();
    const cassette = recorder.cassette();
    expect(cassette).not.toContain('sk-ant-secret');
    const made = marbleTestFrom(cassette, { name: 'agent' });
    expect(made).toContain(`tool('get_weather', `);
    expect(made).toContain('maxRounds: 2');
  });
});
