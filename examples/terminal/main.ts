import { combineLatest, identity, share, startWith, switchMap, takeUntil, takeWhile, tap } from 'rxjs';
import { converse, debugEvents } from 'rxclaude';
import { drawMarbles, type MarbleDiagram } from 'rxclaude/marbles';
import { HELP, type Question, readArgs } from './args.js';
import { chooseClaude } from './claude.js';
import { errorLine } from './errors.js';
import { header } from './format.js';
import { render, screenOf } from './render.js';
import { showDiagram } from './showDiagram.js';
import { stopSignals, stopWithTheReader } from './stop.js';
import { clean } from './text.js';
import { calculate } from './tools/calculate.js';
import { currentTime } from './tools/currentTime.js';
import { getWeather } from './tools/getWeather.js';
import { searchDocs } from './tools/searchDocs.js';
import { weatherService } from './weatherService.js';

const SYSTEM = `You answer in a terminal: a few sentences of plain text, no Markdown.
Use the tools for weather, times, sums and rxclaude, and call those that do not depend on each other all at once.`;

/** One question, one subscription: the servers, the request and the tools live exactly as long as it does. */
function ask(asked: Question): void {
  const { question, debug } = asked;
  const { env, stdout, stderr } = process;
  const { model, baseURL, notice, client$ } = chooseClaude(env);
  const screen = screenOf(stdout, env, debug && stderr.isTTY);
  const stop$ = stopSignals().pipe(tap((code) => (process.exitCode = code)));

  const events$ = combineLatest([client$, weatherService()]).pipe(
    switchMap(([client, weather]) =>
      converse(
        client,
        {
          model,
          max_tokens: 4096,
          system: SYSTEM,
          messages: [{ role: 'user', content: question }],
          tools: [getWeather(weather), calculate, currentTime, searchDocs],
        },
        { timeout: { first: 60_000, each: 60_000 } },
      ),
    ),
    // After the end of a conversation that failed comes its error.
    takeWhile((event) => event.type !== 'conversation_end' || event.reason === 'error', true),
    debug ? debugEvents({ sink: (line) => stderr.write(`${clean(line)}\n`) }) : identity,
    takeUntil(stop$),
    share(),
  );
  const fail = (error: unknown): void => {
    const secrets = [env['ANTHROPIC_API_KEY'], env['ANTHROPIC_AUTH_TOKEN']];
    stderr.write(`${errorLine(error, { model, baseURL, secrets })}\n`);
    process.exitCode = 1;
  };

  let diagram: MarbleDiagram | undefined;
  if (asked.marbles || asked.svg !== undefined) {
    // First, so that the diagram is there when the rest is over.
    drawMarbles(events$, { frame: 50, columns: screen.size().columns, title: question }).subscribe({
      next: (drawn) => (diagram = drawn),
      error: fail,
    });
  }
  events$.pipe(render(screen), startWith(header(question, notice, screen))).subscribe({
    next: (text) => stdout.write(text),
    error: (error: unknown) => {
      fail(error);
      if (diagram !== undefined) showDiagram(diagram, asked);
    },
    complete: () => {
      if (diagram !== undefined) showDiagram(diagram, asked);
      // After a stop, do not wait for anything that is still under way.
      if (process.exitCode !== undefined) process.exit();
    },
  });
}

stopWithTheReader(process.stdout);
stopWithTheReader(process.stderr);
const args = readArgs(process.argv.slice(2));
switch (args.kind) {
  case 'ask':
    ask(args);
    break;
  case 'help':
    process.stdout.write(HELP);
    break;
  case 'misuse':
    process.stderr.write(`${args.message}\n`);
    process.exitCode = 2;
}
