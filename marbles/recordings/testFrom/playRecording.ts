import { asyncScheduler, filter, type Observable } from 'rxjs';
import { converse } from '../../../src/converse.js';
import type { ClaudeRequest } from '../../../src/tools/ClaudeRequest.js';
import type { ToolEntry } from '../../../src/tools/Tool.js';
import { claudeStream } from '../../../src/transport/claudeStream.js';
import { type DrawOptions, type MarbleDiagram, toDiagram } from '../../drawMarbles.js';
import { createRunRecorder, type Run } from '../../run/Run.js';
import type { MarbleHelpers } from '../../session/createHelpers.js';
import { MarbleError } from '../../session/MarbleError.js';
import { MarbleScheduler } from '../../session/MarbleScheduler.js';
import { runMarble } from '../../session/runMarble.js';
import type { Cassette } from '../cassette/Cassette.js';
import { parseCassette } from '../cassette/parseCassette.js';
import { playExchange } from '../cassette/playExchange.js';
import { readWire } from '../cassette/readWire.js';
import { type Plan, type PlannedReply, planTest, valuesOf } from './planTest.js';

/** A recording that was played in virtual time. */
interface PlayedRecording {
  readonly plan: Plan;
  /** The conversation; `undefined` when the requests are not the rounds of one. */
  readonly conversation: MarbleDiagram | undefined;
  /** The replies, when there is no conversation. */
  readonly replies: readonly MarbleDiagram[];
}

/** Plays a recording: its replies, with tools that return the recorded results. */
export function playRecording(cassette: string | Cassette, options?: DrawOptions): PlayedRecording {
  const tape = typeof cassette === 'string' ? parseCassette(cassette) : cassette;
  const plan = planTest(tape, runsOf(tape));
  const draw = (run: (helpers: MarbleHelpers) => Observable<unknown>): MarbleDiagram => drawn(run, options);
  try {
    const conversation = draw((helpers) => conversationOf(helpers, plan));
    return { plan, conversation, replies: [] };
  } catch (error) {
    // The script does not fit: these are not the rounds of one conversation.
    if (!(error instanceof MarbleError)) throw error;
    const replies = plan.replies.map((reply) => draw((helpers) => streamOf(helpers, plan, reply)));
    return { plan, conversation: undefined, replies };
  }
}

function drawn(run: (helpers: MarbleHelpers) => Observable<unknown>, options?: DrawOptions): MarbleDiagram {
  const recorder = createRunRecorder(() => asyncScheduler.now());
  runMarble((helpers) => {
    run(helpers).subscribe(recorder);
  });
  if (recorder.run.end === undefined) throw new MarbleError('The run has no end.');
  return toDiagram(recorder.run, options);
}

function conversationOf(
  helpers: MarbleHelpers,
  { request, tools, replies, maxRounds, retries }: Plan,
): Observable<unknown> {
  const client = helpers.scriptClaude(...replies.map((reply) => helpers.reply(reply.diagram, valuesOf(reply))));
  const fakes = tools.map(({ name, diagrams, values }) => helpers.tool(name, diagrams, values));
  const served = Array.isArray(request['tools']) ? (request['tools'] as readonly ToolEntry[]) : [];
  const asked = { ...request, tools: [...served, ...fakes] } as unknown as ClaudeRequest;
  return converse(client, asked, { maxRounds, retry: retries === 0 ? false : { retries, random: () => 1 } });
}

function streamOf(helpers: MarbleHelpers, { request }: Plan, reply: PlannedReply): Observable<unknown> {
  const client = helpers.scriptClaude(helpers.reply(reply.diagram, valuesOf(reply)));
  return claudeStream(client, request as unknown as ClaudeRequest);
}

/** Claude's events in each reply of a cassette, with their times since the request. */
function runsOf({ exchanges }: Cassette): Run[] {
  return exchanges.map((exchange) => {
    const scheduler = new MarbleScheduler();
    const recorder = createRunRecorder(() => scheduler.now());
    scheduler.run(() => {
      readWire(playExchange(exchange, 1))
        .pipe(filter(({ type }) => type !== 'response'))
        .subscribe(recorder);
    });
    return recorder.run;
  });
}
