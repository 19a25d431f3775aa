import type { Observable } from 'rxjs';
import type { Tool, ToolContext } from '../../src/tools/Tool.js';
import { DiagramError } from '../diagram/DiagramError.js';
import { parseRow } from '../diagram/parseRow.js';
import type { Session } from './createSession.js';
import { type Lifespan, track } from './Lifespan.js';
import { play, type Script } from './play.js';

/** One run of a fake tool. */
export interface ToolRun<Input = unknown> extends Lifespan {
  /** The decoded input. */
  readonly input: Input;
  /** The context, with the run's signal. */
  readonly context: ToolContext;
  /** When its signal was aborted, in milliseconds of virtual time; `undefined` when it was not. */
  abortedAt?: number;
}

/** A tool that plays a diagram for each run, and records its runs. */
export interface FakeTool<Input = unknown, Output = unknown> extends Tool<Input, Output> {
  /** The runs, in order. */
  readonly runs: readonly ToolRun<Input>[];
}

/** Fields of a tool that a fake one may replace. */
export type FakeToolOptions<Input = unknown> = Partial<
  Pick<Tool<Input>, 'idempotent' | 'timeout' | 'maxResultChars' | 'guard' | 'decode' | 'definition'>
>;

/** What the letters of a diagram mean. By default, a letter is its own value, and `#` an error. */
export type MarbleValues<Value = unknown> = Readonly<Record<string, Value>>;

/** Makes a tool that plays diagrams. */
export function fakeTool<Input, Output>(
  session: Session,
  tool: string | Tool<Input, Output>,
  diagrams: string | readonly string[],
  values: MarbleValues = {},
  options: FakeToolOptions<Input> = {},
): FakeTool<Input, Output> {
  const { scheduler } = session;
  const runs: ToolRun<Input>[] = [];
  const outputs = playedInTurn([diagrams].flat(), values, session);
  const base = typeof tool === 'string' ? (plainTool(tool) as Tool<Input, Output>) : tool;
  const now = (): number => scheduler.now();
  return {
    ...base,
    decode: (input) => base.decode(input),
    ...(base.guard !== undefined && { guard: (input, context) => base.guard?.(input, context) }),
    ...options,
    runs,
    run: (input, context) => {
      const run: ToolRun<Input> = { input, context, from: now() };
      runs.push(run);
      context.signal.addEventListener('abort', () => {
        run.abortedAt = now();
      });
      return (outputs(runs.length - 1) as Observable<Output>).pipe(track(run, now));
    },
  };
}

function plainTool(name: string): Tool {
  return {
    name,
    definition: { name, description: `The tool ${name}.`, input_schema: { type: 'object' } },
    idempotent: false,
    decode: (input) => ({ _tag: 'Right', right: input }),
    run: () => undefined,
  };
}

/** The streams of the diagrams, by turn; the last one stays. */
export function playedInTurn(
  diagrams: readonly string[],
  values: MarbleValues,
  { scheduler }: Session,
): (time: number) => Observable<unknown> {
  const scripts = diagrams.map((diagram) => valueScript(diagram, values));
  return (time) => {
    const script = scripts[Math.min(time, scripts.length - 1)];
    return play(script ?? { moments: [], end: undefined }, scheduler);
  };
}

/** Reads a diagram whose letters stand for values. */
export function valueScript(diagram: string, values: MarbleValues): Script<unknown> {
  const signs = parseRow(diagram);
  if (diagram.trim() === '')
    throw new DiagramError('The diagram is empty. Write `-` for a stream that never ends.', '', 0);
  const of = (letter: string): unknown => (Object.hasOwn(values, letter) ? values[letter] : letter);
  const moments = signs
    .filter(({ letter }) => letter !== '|' && letter !== '#')
    .map(({ frame, letter }) => ({ frame, values: [of(letter)] }));
  const last = signs.at(-1);
  if (last?.letter === '|') return { moments, end: { frame: last.frame } };
  if (last?.letter !== '#') return { moments, end: undefined };
  const error = Object.hasOwn(values, '#') ? values['#'] : new Error('The tool failed.');
  return { moments, end: { frame: last.frame, error: { of: error } } };
}
