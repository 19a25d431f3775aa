/** Runs of the real library, to be drawn: in virtual time, with replies that are paced as Claude's are. */
import { converse, type ClaudeEvent, type Tool } from 'rxclaude';
import { concat, concatMap, delay, from, map, NEVER, of, throwError, timer, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { apiError } from '../../../marbles/alphabet/apiError.js';
import { claude } from '../../../marbles/index.js';
import type { Run } from '../../../marbles/run/Run.js';
import { watchRun } from '../../../marbles/drawMarbles.js';
import { fakeClient } from '../../support/fakeClient.js';
import { fakeTool } from '../../../marbles/specs/support/fakeTool.js';

const words = (count: number): string[] => Array.from({ length: count }, (_, at) => `word ${at} `);

/** Events one after the other; how long before each depends on what it is. */
function paced(events: readonly ClaudeEvent[]): Observable<ClaudeEvent> {
  const pause = ({ type }: ClaudeEvent, at: number): number =>
    type === 'message_start' ? 420 : type === 'content_block_delta' ? 18 + ((at * 7) % 11) : 24;
  return from(events.map((event, at) => ({ event, at }))).pipe(
    concatMap(({ event, at }) => of(event).pipe(delay(pause(event, at)))),
  );
}

function held(replies: readonly Observable<ClaudeEvent>[], tools: readonly Tool[]): Run {
  let seen: Run = { values: [] };
  new TestScheduler(() => undefined).run(({ flush }) => {
    const request = { model: 'claude-test', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
    const options = { retry: { minDelay: 400, random: () => 1 } };
    watchRun(converse(fakeClient(...replies), { ...request, tools }, options)).subscribe((run) => {
      seen = run;
    });
    flush();
  });
  return seen;
}

const after = (milliseconds: number): Observable<string> => timer(milliseconds).pipe(map(() => 'secret output'));

/** One round without tools. */
export function short(): Run {
  return held([paced(claude.message(claude.thinking('Hm.'), claude.textBlock(...words(24))))], []);
}

/** Five rounds with ten calls, several at once, with progress. */
export function long(): Run {
  const weather = fakeTool('get_weather', () =>
    concat(of('1 of 3').pipe(delay(90)), of('2 of 3').pipe(delay(110)), after(96)),
  );
  const time = fakeTool('get_time', () => after(12), { idempotent: true });
  const search = fakeTool('search_documents', () =>
    concat(...Array.from({ length: 14 }, (_, at) => of(at).pipe(delay(120))), after(700)),
  );
  const note = fakeTool('write_note', () => after(260));
  const call = (id: string, name: string, pieces = 5) =>
    claude.toolUse(id, name, { city: 'Oslo', days: 3, why: 'secret' }, pieces);
  return held(
    [
      paced(
        claude.message(
          claude.textBlock(...words(9)),
          call('a', 'get_weather'),
          call('b', 'get_weather'),
          call('c', 'get_time', 2),
        ),
      ),
      paced(claude.message(claude.textBlock(...words(4)), call('d', 'search_documents', 12), call('e', 'get_weather'))),
      paced(
        claude.message(
          claude.thinking('Hm.'),
          call('f', 'get_time', 2),
          call('g', 'write_note', 8),
          call('h', 'search_documents'),
        ),
      ),
      paced(claude.message(call('i', 'write_note', 6), call('j', 'get_time', 2))),
      paced(claude.message(claude.textBlock(...words(60)))),
    ],
    [weather, time, search, note],
  );
}

/** A run in which much goes wrong: retries, a refusal, an error, a timeout, and an error at the end. */
export function troubled(): Run {
  const tools = [
    fakeTool('read_file', () => after(140), { idempotent: true }),
    fakeTool('send_email', () => after(320), { guard: () => timer(1_850).pipe(map(() => true)) }),
    fakeTool('delete_everything_in_the_folder', () => after(1), {
      guard: () => timer(2_600).pipe(map(() => 'The user said no: secret.')),
    }),
    fakeTool('query_database', () =>
      timer(210).pipe(concatMap(() => throwError(() => new TypeError('secret password')))),
    ),
    fakeTool('crawl_site', () => NEVER, { timeout: 5_000 }),
  ];
  const busy = throwError(() => apiError('overloaded_error'));
  const calling = claude.message(
    claude.textBlock(...words(7)),
    claude.toolUse('a', 'read_file', { path: 'secret' }, 3),
    claude.toolUse('b', 'send_email', { to: 'secret' }, 6),
    claude.toolUse('c', 'delete_everything_in_the_folder', { path: 'secret' }, 4),
  );
  const second = claude.message(claude.toolUse('d', 'query_database', {}, 4), claude.toolUse('e', 'crawl_site', {}, 4));
  return held(
    [
      concat(paced(calling.slice(0, 7)), busy),
      concat(paced(calling.slice(0, 16)), busy),
      paced(calling),
      paced(second),
      concat(
        paced(claude.message(claude.textBlock(...words(5))).slice(0, 5)),
        throwError(() => apiError('authentication_error')),
      ),
    ],
    tools,
  );
}
