import { EMPTY, interval, map, take } from 'rxjs';
import { defineTool, jsonSchema } from 'rxclaude';
import type { Guard, Tool, ToolContext, ToolReturn } from 'rxclaude';
import { pause } from '../../conformance/support/run.js';
import { createChance } from './chance.js';
import type { TalkLog } from './TalkLog.js';

type Input = Record<string, unknown>;
type Behaviour = (input: Input, context: ToolContext, log: TalkLog) => ToolReturn<unknown>;

const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };

/** What tools do, good and bad. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  quick: ({ n }) => ({ found: n }),
  slow: async ({ n }) => {
    await pause(1 + (Number(n) || 0));
    return 'late';
  },
  broken: () => {
    throw new Error('It is broken.');
  },
  // Ignores its signal.
  stuck: async () => new Promise(() => undefined),
  // Minds its signal, looks at its key again, and complains.
  sulky: async (_, context, log) => {
    const { signal, idempotencyKey } = context;
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    await pause(10);
    if (context.idempotencyKey !== idempotencyKey) log.say('The idempotency key of a call changed.');
    throw new Error('I was not done.');
  },
  chatty: ({ n }, _, log) =>
    log.watched(
      interval(1).pipe(
        take(3),
        map((at) => ({ at, n })),
      ),
    ),
  generating: async function* ({ n }) {
    yield 'half';
    await pause(1);
    return n;
  },
  huge: () => 'long '.repeat(1_000),
  odd: (input) => {
    input['n'] = 'not what Claude wrote';
    return [image, { type: 'text', text: '' }];
  },
  silent: () => EMPTY,
};

/** A schema that takes its time. */
const slowSchema = {
  '~standard': {
    version: 1 as const,
    vendor: 'chaos',
    validate: async (value: unknown) => {
      await pause(1);
      return (value as Input)['n'] === 2 ? { issues: [{ message: 'n must not be 2', path: ['n'] }] } : { value };
    },
  },
};

/** Each behaviour twice: `look_…` may run any number of times, `act_…` only once. */
const plainTools = ['look', 'act'].flatMap((kind) =>
  [...Object.keys(behaviours), 'checked'].map((behaviour) =>
    defineTool({
      name: `${kind}_${behaviour}`,
      description: 'A tool.',
      input: (behaviour === 'checked' ? slowSchema : jsonSchema({ type: 'object' })) as typeof slowSchema,
      input_schema: { type: 'object' },
      idempotent: kind === 'look',
      maxResultChars: 500,
      ...(['stuck', 'sulky'].includes(behaviour) && { timeout: 8 }),
      run: (input) => input,
    }),
  ),
);

/** The tools that Claude knows of in a conversation: few, so that the same call is made more than once. */
function pickTools(seed: number): Tool[] {
  const chance = createChance(seed, 9);
  return Array.from({ length: 6 }, () => chance.pick(plainTools)).filter((tool, at, all) => all.indexOf(tool) === at);
}

export const toolNamesOf = (seed: number): string[] => pickTools(seed).map(({ name }) => name);

/** The tools of one conversation, whose log has what they do. */
export function toolsFor(seed: number, log: TalkLog): Tool[] {
  return pickTools(seed).map((tool) => {
    const behaviour = behaviours[tool.name.replace(/^\w+?_/, '')] ?? behaviours['quick']!;
    const run = (input: unknown, context: ToolContext): ToolReturn<unknown> => {
      log.began(tool, input, context);
      return behaviour(input as Input, context, log);
    };
    return { ...tool, run };
  });
}

/** Says the same to the same input, at once or later. */
export const guard: Guard = async (input) => {
  const { n } = input as Input;
  if (n === 1) await pause(2);
  return n === 2 ? 'Not with 2.' : true;
};
