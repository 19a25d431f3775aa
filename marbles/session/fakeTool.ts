import type { Observable } from 'rxjs';
import type { Tool, ToolContext } from '../../src/tools/Tool.js';
import { DiagramError } from '../diagram/DiagramError.js';
import { parseRow } from '../diagram/parseRow.js';
import type { Session } from './createSession.js';
import { type Lifespan, track } from './Lifespan.js';
import { play, type Script } from './play.js';

/** One time that a tool was run. */
export interface ToolRun<Input = unknown> extends Lifespan {
  /** The decoded input. */
  readonly input: Input;
  readonly context: ToolContext;
  /** When its signal was aborted, in milliseconds of virtual time; `undefined` while it has not been. */
  abortedAt?: number;
}

/** A tool that plays a diagram each time it is run, and remembers how it was. */
export interface FakeTool<Input = unknown, Output = unknown> extends Tool<Input, Output> {
  readonly runs: readonly ToolRun<Input>[];
}

/** What of a tool may be given beside its name and its diagram. */
export type FakeToolOptions<Input = unknown> = Partial<
  Pick<Tool<Input>, 'idempotent' | 'timeout' | 'maxResultChars' | 'guard' | 'decode' | 'definition'>
>;

/** What the letters of a diagram stand for; a letter that is left out stands for itself, and `#` for an error. */
export type MarbleValues<Value = unknown> = Readonly<Record<string, Value>>;

/** Makes a tool of diagrams, within a test. */
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

/** The stream of the first time, of the second time, and so on; the last diagram stays. */
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

/** A diagram whose letters are values. */
export function valueScript(diagram: string, values: MarbleValues): Script<unknown> {
  const signs = parseRow(diagram);
  if (diagram.trim() === '')
    throw new DiagramError('An empty diagram says nothing; `-` is a stream without an end.', '', 0);
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
