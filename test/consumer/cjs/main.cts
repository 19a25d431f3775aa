// The same as a CommonJS module, with the pipeline spelt out where the ES module uses `converse`.
import * as t from 'io-ts';
import { lastValueFrom, of, reduce, tap } from 'rxjs';
import {
  claudeStream,
  defineTool,
  type ClaudeClient,
  type ClaudeEvent,
  type RoundEvent,
  type RoundRequest,
} from 'rxclaude';
import { marble } from 'rxclaude/marbles';
import {
  accumulateToolInput,
  executeTools,
  ofType,
  resumeConversation,
  timeoutGuard,
  validateWith,
} from 'rxclaude/operators';
import { request, script } from '../fake.cjs';

/** A client of one's own: all that it needs is `messages.create`. */
function fakeClient(): ClaudeClient {
  const replies = script() as AsyncIterable<ClaudeEvent>[];
  return { messages: { create: () => replies.shift()! } };
}

const getWeather = defineTool({
  name: 'get_weather',
  description: 'The weather in a city.',
  input: t.type({ city: t.string }),
  run: ({ city }) => `Sun in ${city.toUpperCase()}`,
});
const tools = [getWeather];
const client = fakeClient();

const round = (request: RoundRequest) =>
  claudeStream(client, request).pipe(
    timeoutGuard<RoundEvent>({ first: 30_000, each: 60_000 }),
    accumulateToolInput(),
    validateWith(tools),
    executeTools(tools, { concurrency: 4 }),
  );

async function main() {
  const calls: unknown[] = [];
  const end = await lastValueFrom(
    of({ ...request, tools }).pipe(
      resumeConversation(round, { maxRounds: 3 }),
      tap((event) => {
        if (event.type === 'tool_call') {
          calls.push([event.name, event.input._tag === 'Right' ? event.input.right : event.input.left]);
        }
      }),
      ofType('conversation_end'),
    ),
  );
  const role$ = claudeStream(fakeClient(), request).pipe(
    ofType('message_start'),
    reduce((role, { message }) => role + message.role, ''),
  );

  console.log(
    JSON.stringify({
      calls,
      reason: end.reason,
      rounds: end.rounds,
      messages: end.messages.length,
      output_tokens: end.usage.output_tokens,
      started: await lastValueFrom(role$),
      marble: typeof marble,
    }),
  );
}

void main();
