// The same as a CommonJS module, with the pipeline spelt out where the ES module uses `converse`.
import * as t from 'io-ts';
import { lastValueFrom, of, reduce, tap } from 'rxjs';
import {
  claudeStream,
  converse,
  defineTool,
  type ClaudeClient,
  type ClaudeEvent,
  type RoundEvent,
  type RoundRequest,
} from 'rxclaude';
import { claude, drawMarbles, marble, runMarble } from 'rxclaude/marbles';
import { cassetteFromRecording, formatCassette, replay } from 'rxclaude/recordings';
import { marbleMatchers } from 'rxclaude/marbles/jest';
import { accumulateToolInput, executeTools, ofType, resumeConversation, timeoutGuard, validateWith } from 'rxclaude';
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

/** A test in virtual time that is drawn as well, a cassette that is played, and a matcher. */
function kit() {
  let drawn = '';
  runMarble(({ reply, scriptClaude, tool, expectEvents, expectRuns, flush }) => {
    const asking = reply('s-k-(wm|)', { k: claude.toolUse('toolu_1', 'get_weather', { city: 'Oslo' }) });
    const weather = tool(getWeather, '--p-(r|)');
    const client = scriptClaude(asking, 's-o-t-c-(em|)');
    const run$ = converse(client, { ...request, tools: [weather] });
    expectEvents(run$).toBe('[Bs]-[kiIcK]-[wSm]-P-[WEBs]-o-t-c-(emEC|)', { C: { reason: 'finished' } });
    expectRuns(weather).toBe('----^---|');
    flush();
  });
  runMarble(({ scriptClaude }) => {
    drawMarbles(converse(scriptClaude('s-o-t-c-(em|)'), request)).subscribe(({ text, svg }) => {
      drawn = `${text.split('\n')[2] ?? ''} ${svg.slice(0, 4)}`;
    });
  });
  const replayed: string[] = [];
  runMarble(() => {
    const cassette = formatCassette(cassetteFromRecording([{ sse: 'event: ping\ndata: {"type":"ping"}\n\n' }]));
    claudeStream(replay(cassette), request).subscribe({
      next: ({ type }) => replayed.push(type),
      error: ({ name }: Error) => replayed.push(name),
    });
  });
  const { pass } = marbleMatchers.toBeValidHistory(request.messages);
  return { drawn, replayed, pass, marble: typeof marble };
}

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
      stop_reason: end.stop_reason,
      rounds: end.rounds,
      messages: end.messages.length,
      output_tokens: end.usage.output_tokens,
      started: await lastValueFrom(role$),
      kit: kit(),
    }),
  );
}

void main();
