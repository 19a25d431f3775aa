// The marble kit in a browser: bundled and loaded by .ci/browser.mjs, which reads what this page writes.
import { converse, fetchClient } from 'rxclaude';
import { apiError, claude, drawMarbles, marbleMatchers, runMarble, runMarbleWithPromises } from 'rxclaude/marbles';
import { record, replay } from 'rxclaude/recordings';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { createTimeline } from '../../marbles/run/createTimeline.js';
import { drawSvg } from '../../marbles/svg/drawSvg.js';
import { long, short, troubled } from '../marbles/svg/samples.js';
import { toSse } from '../support/sse.js';

const request = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
const answer = claude.message(claude.textBlock('Hel', 'lo'));

/** An agent with a tool and a retry, as a diagram and back. */
function virtualTime(): void {
  runMarble(({ reply, scriptClaude, tool, expectEvents, expectRequests }) => {
    const asking = reply('s-k-(wm|)', { k: claude.toolUse('toolu_1', 'look_up') });
    const client = scriptClaude(asking, reply('s-#', { '#': apiError() }), 's-(em|)');
    const run$ = converse(
      client,
      { ...request, tools: [tool('look_up', '--(r|)')] },
      { retry: { minDelay: 4, random: () => 1 } },
    );
    expectEvents(run$).toBe('[Bs]-[kiIcK]-[wSm]-[WEBs]-R---s-(emEC|)');
    expectRequests(client).toBe(['^---|', '------^-#', '- 11ms ^-|']);
  });
}

/** A recording of a response that a `fetch` makes up, played on the test's clock and in real time. */
async function recordAndReplay(): Promise<string[]> {
  const headers = { 'content-type': 'text/event-stream' };
  const recorder = record({ fetch: async () => Promise.resolve(new Response(toSse(answer), { headers })) });
  const live = fetchClient({
    baseURL: 'https://example.test',
    apiKey: 'sk-ant-secret-12345678',
    fetch: recorder.fetch,
  });
  const types = async (client: Parameters<typeof converse>[0]) =>
    (await lastValueFrom(converse(client, request).pipe(toArray()))).map(({ type }) => type).join();
  const first = await types(live);
  const cassette = recorder.cassette();
  return [first, await types(replay(cassette, { speed: Infinity })), String(cassette.includes('secret'))];
}

async function promises(): Promise<void> {
  await runMarbleWithPromises(async ({ scriptClaude, expectEvents, flush }) => {
    expectEvents(converse(scriptClaude(answer), request)).toBe('[BsottcemEC|]');
    await flush();
  });
}

/** How many texts and marbles were looked at. */
let measured = 0;

/** What lies over each other, or sticks out, in a picture as the browser draws it. */
function flaws(svg: string): string[] {
  const holder = document.createElement('div');
  document.body.append(holder);
  holder.innerHTML = svg;
  const view = holder.querySelector('svg')?.getBoundingClientRect() ?? new DOMRect();
  const boxes = [...holder.querySelectorAll('text, circle')]
    .filter((element) => element.closest('.marble') === null || element.tagName === 'circle')
    .map((element) => ({ what: element.textContent, box: element.getBoundingClientRect() }));
  measured += boxes.length;
  const outside = boxes.filter(
    ({ box }) => box.left < view.left || box.right > view.right || box.top < view.top || box.bottom > view.bottom,
  );
  const over = boxes.flatMap((one, at) =>
    boxes
      .slice(at + 1)
      .filter(({ box }) => overlap(one.box, box))
      .map((other) => `"${one.what}" and "${other.what}" lie over each other`),
  );
  return [...outside.map(({ what }) => `"${what}" sticks out`), ...over];
}

/** A pixel of blur is no overlap. */
function overlap(one: DOMRect, other: DOMRect): boolean {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return across > 1 && down > 1;
}

async function run(): Promise<unknown> {
  virtualTime();
  await promises();
  const clock = { now: () => 0 };
  const client = { messages: { create: () => [] as never } };
  const diagram = await firstValueFrom(drawMarbles(converse(client, request, { retry: false }), { clock }));
  const pictures = Object.entries({ short, long, troubled }).map(([name, sample]) => {
    const svg = drawSvg(createTimeline(sample()), { title: name });
    return [name, flaws(svg)] as const;
  });
  return {
    text: diagram.text.split('\n')[1],
    matched: marbleMatchers.toBeValidHistory(request.messages).pass,
    replayed: await recordAndReplay(),
    flaws: Object.fromEntries(pictures),
    measured: measured > 300,
  };
}

run().then(
  (result) => {
    document.title = `done ${JSON.stringify(result)}`;
  },
  (error: unknown) => {
    document.title = `failed ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  },
);
