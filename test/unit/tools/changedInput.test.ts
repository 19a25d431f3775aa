import { lastValueFrom, of, toArray } from 'rxjs';
import { converse, defineTool, jsonSchema, ofType } from 'rxclaude';
import { claude } from '../../../marbles/index.js';

describe('a tool that changes its own input', () => {
  const spoil = defineTool({
    name: 'spoil',
    description: 'Changes what it is given.',
    input: jsonSchema({ type: 'object' }),
    run: (input) => {
      input['changed'] = true;
    },
  });
  const whole = { type: 'tool_use', id: 'toolu_1', name: 'spoil', input: { a: 1 } };

  it.each([
    [
      'written piece by piece',
      [claude.toolUseStart('toolu_1', 'spoil', 0), claude.inputJson('{"a":1}', 0), claude.contentBlockStop(0)],
    ],
    ['whole from the start', [claude.contentBlockStart(whole, 0), claude.contentBlockStop(0)]],
  ])('changes no event and no history: %s', async (_, block) => {
    const reply = [claude.messageStart(), ...block, claude.stop('tool_use'), claude.messageStop()];
    const before = JSON.stringify(reply);
    const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hi' }], tools: [spoil] };
    const run = converse({ messages: { create: () => of(...reply) } }, request, { maxRounds: 1 });

    const ends = await lastValueFrom(run.pipe(ofType('conversation_end'), toArray()));

    expect(JSON.stringify(reply)).toBe(before);
    expect(ends[0]?.messages[1]).toMatchObject({ content: [{ type: 'tool_use', input: { a: 1 } }] });
    expect(ends[0]?.messages[1]).not.toMatchObject({ content: [{ input: { changed: true } }] });
  });
});
