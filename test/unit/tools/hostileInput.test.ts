import * as t from 'io-ts';
import { lastValueFrom, of, toArray } from 'rxjs';
import { converse, defineTool, jsonSchema, ofType, type RoundEvent } from 'rxclaude';
import { claude } from '../../../marbles/index.js';

const calls = (input: string): RoundEvent[] => [
  claude.messageStart(),
  claude.toolUseStart('toolu_1', 'work', 0),
  claude.inputJson(input, 0),
  claude.contentBlockStop(0),
  claude.stop('tool_use'),
  claude.messageStop(),
];
const answers: RoundEvent[] = [
  claude.messageStart(),
  claude.textStart(0),
  claude.text('Done.', 0),
  claude.contentBlockStop(0),
  claude.stop(),
  claude.messageStop(),
];

/** A conversation in which Claude calls a tool with a hostile input and then ends; the client writes JSON as the SDK does. */
async function talk(input: string, schema: Parameters<typeof defineTool>[0]['input']): Promise<RoundEvent[]> {
  const replies = [calls(input), answers];
  const client = {
    messages: {
      create: (params: unknown) => {
        JSON.stringify(params);
        return of(...((replies.shift() ?? []) as never[]));
      },
    },
  };
  const work = defineTool({ name: 'work', description: 'Works.', input: schema, run: () => 'ran' });
  const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hi' }], tools: [work] };
  return lastValueFrom(converse(client, request).pipe(ofType('tool_result', 'conversation_end'), toArray()));
}

describe('a hostile input', () => {
  it('with half a surrogate pair as a key is answered, and the conversation goes on', async () => {
    const schema = jsonSchema({ type: 'object', additionalProperties: { type: 'string' } });
    const [result, end] = await talk('{"\\ud800":1}', schema);
    expect(result).toMatchObject({ type: 'tool_result', result: { is_error: true } });
    expect(end).toMatchObject({ type: 'conversation_end', reason: 'finished', stop_reason: 'end_turn' });
  });

  it('nested 10 000 levels deep is answered, and the conversation goes on', async () => {
    const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    for (const schema of [jsonSchema({ type: 'object' }), t.type({ a: t.unknown })]) {
      const [result, end] = await talk(deep, schema);
      expect(result).toMatchObject({
        type: 'tool_result',
        outcome: { left: { _tag: 'InputTooLarge', limit: 'maxInputDepth' } },
      });
      expect(end).toMatchObject({ type: 'conversation_end', reason: 'finished', stop_reason: 'end_turn' });
    }
  });
});
