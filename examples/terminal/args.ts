import { parseArgs } from 'node:util';

export const HELP = `Usage: npm start -- [options] [question]

Asks Claude a question. Claude may look up the weather (a small service that
this program starts), the time anywhere, a sum, and this project's own docs.

Options:
  --marbles   draw the run as a marble diagram after the answer
  --svg FILE  save that diagram as a picture
  --debug     write every event to stderr, one line each
  -h, --help  show this help

Environment:
  ANTHROPIC_API_KEY   your key; without it a scripted stand-in answers
  ANTHROPIC_BASE_URL  another address of the API
  ANTHROPIC_MODEL     the model, by default claude-opus-5-5
  NO_COLOR            plain lines, as in a pipe
`;

const QUESTION = 'How is the weather in Lisbon and Tokyo, what time is it there, and what is 17.5 * 42?';

/** A question, and what to do besides answering it. */
export interface Question {
  readonly kind: 'ask';
  readonly question: string;
  readonly debug: boolean;
  /** Whether to draw the run as a marble diagram. */
  readonly marbles: boolean;
  /** The file to save the diagram to, as a picture. */
  readonly svg: string | undefined;
}

/** What the command line asks for. */
export type Args = Question | { readonly kind: 'help' } | { readonly kind: 'misuse'; readonly message: string };

export function readArgs(args: readonly string[]): Args {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        debug: { type: 'boolean', default: false },
        marbles: { type: 'boolean', default: false },
        svg: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return { kind: 'help' };
    const question = positionals.length === 0 ? QUESTION : positionals.join(' ').trim();
    if (question === '') return { kind: 'misuse', message: 'The question is empty. Try --help.' };
    if (values.svg === '') return { kind: 'misuse', message: 'The name of the SVG file is empty. Try --help.' };
    const { debug, marbles, svg } = values;
    return { kind: 'ask', question, debug, marbles, svg };
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split(/\.\s/u);
    return { kind: 'misuse', message: `${reason}. Try --help.` };
  }
}
