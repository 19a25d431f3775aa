// A program of a user's, as an ES module: compiled and run against the packed package by .ci/consumer.mjs.
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { claudeStream, converse, defineTool, type ClaudeClient, type ClaudeEvent, type RoundEvent } from 'rxclaude';
import { claude, drawMarbles, marble, runMarble } from 'rxclaude/marbles';
import { cassetteFromRecording, formatCassette, replay } from 'rxclaude/recordings';
import { marbleMatchers } from 'rxclaude/marbles/jest';
import { ofType } from 'rxclaude';
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

const seen: RoundEvent['type'][] = [];
const events = await lastValueFrom(
  converse(fakeClient(), { ...request, tools: [getWeather] }, { maxRounds: 3 }).pipe(
    tap((event) => seen.push(event.type)),
    toArray(),
  ),
);
const calls = events.filter((event) => event.type === 'tool_call');
const end = events.at(-1);
if (end?.type !== 'conversation_end') throw new Error(`The last event is ${String(end?.type)}`);

const started = await lastValueFrom(claudeStream(fakeClient(), request).pipe(ofType('message_start')));

console.log(
  JSON.stringify({
    calls: calls.map(({ name, input }) => [name, isRight(input) ? input.right : input.left]),
    reason: end.reason,
    stop_reason: end.stop_reason,
    rounds: end.rounds,
    messages: end.messages.length,
    output_tokens: end.usage.output_tokens,
    started: started.message.role,
    kit: kit(),
  }),
);
