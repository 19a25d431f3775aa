import { Observable } from 'rxjs';
import type { RoundEvent, Tool, ToolContext } from 'rxclaude';

/** A tool that was run. */
export interface ToolRun {
  readonly id: string;
  readonly name: string;
  readonly idempotent: boolean;
  /** The tool and its input, whatever the order of its keys. */
  readonly content: string;
  readonly key: string;
  /** How many events had come before. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/** What happened in one conversation, as it happened. */
export interface TalkLog {
  readonly events: RoundEvent[];
  readonly runs: ToolRun[];
  /** How many Observables of tools are subscribed to. */
  readonly watching: number;
  /** From here on, no request may be sent and no tool be started, for this reason. */
  quiet: string | undefined;
  /** Tells of what went wrong, now or after the end. */
  readonly say: (problem: string) => void;
  began(tool: Tool, input: unknown, context: ToolContext): void;
  /** A request is sent; returns which it is, counted from 1. */
  asked(): number;
  /** The same Observable, whose subscriptions are counted. */
  watched<T>(source: Observable<T>): Observable<T>;
}

export function createTalkLog(say: (problem: string) => void): TalkLog {
  const runs: ToolRun[] = [];
  const events: RoundEvent[] = [];
  let watching = 0;
  let requests = 0;
  const log: TalkLog = {
    events,
    runs,
    get watching() {
      return watching;
    },
    quiet: undefined,
    say,
    began: ({ name, idempotent }, input, { call: { id }, idempotencyKey: key, signal }) => {
      runs.push({ id, name, idempotent, content: contentOf(name, input), key, at: events.length, signal });
      if (signal.aborted) say(`The tool ${name} was started with a signal that was aborted.`);
      if (log.quiet !== undefined) say(`The tool ${name} was started ${log.quiet}.`);
    },
    asked: () => {
      if (log.quiet !== undefined) say(`A request was sent ${log.quiet}.`);
      return ++requests;
    },
    watched: (source) =>
      new Observable((subscriber) => {
        watching++;
        subscriber.add(() => watching--);
        return source.subscribe(subscriber);
      }),
  };
  return log;
}

/** A call without its id. Inputs are flat, so that their keys are sorted easily. */
export function contentOf(name: string, input: unknown): string {
  const fields = Object.entries(input as object).sort(([left], [right]) => (left < right ? -1 : 1));
  return `${name} ${JSON.stringify(fields)}`;
}
