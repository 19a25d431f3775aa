import { firstValueFrom } from 'rxjs';
import { converse } from '../../src/index.js';
import { claude, drawMarbles, runMarble, type ScriptedClient } from '../../marbles/index.js';
import { marbleMatchers } from '../../marbles/jest.js';
import { claudeIs, messages, request } from './support/answering.js';

expect.extend(marbleMatchers);

const answer = claude.message(claude.textBlock('Hi'));
const drawn = () => firstValueFrom(drawMarbles(converse(claudeIs(answer), request), { clock: { now: () => 0 } }));

describe('toMatchMarbles', () => {
  it('compares a run that was drawn with a diagram', async () => {
    const diagram = await drawn();
    expect(diagram).toMatchMarbles('[BsotcemEC|]');
    expect(diagram.run).toMatchMarbles('[BsotcemEC|]', { t: { delta: { text: 'Hi' } } });
    expect(diagram).not.toMatchMarbles('[BsotcemEC#]');
    expect(diagram).not.toMatchMarbles('[BsotcemEC|]', { t: { delta: { text: 'Ho' } } });
    expect(diagram).toMatchMarbles(diagram.text);
  });

  it('shows where the two differ, and what it cannot compare', async () => {
    const diagram = await drawn();
    expect(() => {
      expect(diagram).toMatchMarbles('[BsoxcemEC|]');
    }).toThrow(/At 0 ms: `x` .* was expected, but `t` .* came\.[\s\S]*\n +\^\n/);
    expect(() => {
      expect(diagram).not.toMatchMarbles('[BsotcemEC|]');
    }).toThrow('Expected a run that differs from the diagram, but it matches.');
    expect(() => {
      expect('a text').toMatchMarbles('-');
    }).toThrow('toMatchMarbles: expected a run that drawMarbles has drawn, found "a text".');
  });
});

describe('toHaveSentRequests', () => {
  const sent = (): ScriptedClient => {
    let client: ScriptedClient | undefined;
    runMarble(({ scriptClaude }) => {
      client = scriptClaude(answer);
      converse(client, request).subscribe();
    });
    return client!;
  };

  it('compares the requests of a client by some of their fields', () => {
    expect(sent()).toHaveSentRequests([{ model: 'claude-test', stream: true }]);
    expect(sent()).not.toHaveSentRequests([]);
    expect(sent()).not.toHaveSentRequests([{ model: 'another' }]);
  });

  it('says what differs', () => {
    expect(() => {
      expect(sent()).toHaveSentRequests([{ messages: [{ content: 'Ho' }] }]);
    }).toThrow('Request 1 is not as expected: `messages.0.content` should be "Ho", and is "Hi".');
    expect(() => {
      expect(sent()).toHaveSentRequests([]);
    }).toThrow('Expected 0 requests, found 1.');
    expect(() => {
      expect({}).toHaveSentRequests([]);
    }).toThrow('toHaveSentRequests: expected a client of scriptClaude, found {}.');
  });
});

describe('toBeValidHistory', () => {
  it('asks the rules of the API', () => {
    const call = { type: 'tool_use', id: 'toolu_1', name: 'add', input: {} };
    const open = [...messages, { role: 'assistant', content: [call] }, ...messages];
    expect(messages).toBeValidHistory();
    expect(open).not.toBeValidHistory();
    expect(() => {
      expect(open).toBeValidHistory([{ name: 'add', input_schema: { type: 'object' } }]);
    }).toThrow(/The API would refuse the history:\n {2}messages\.3: `tool_use` ids were found without `tool_result`/);
    expect(() => {
      expect('Hi').toBeValidHistory();
    }).toThrow('toBeValidHistory: expected a list of messages, found "Hi".');
  });
});
