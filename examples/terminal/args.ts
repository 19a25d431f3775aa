import { parseArgs } from 'node:util';

export const HELP = `Usage: npm start -- [options] [question]

Asks Claude a question. Claude may look up the weather (a small service that
this program starts), the time anywhere, a sum, and this project's own docs.

Options:
  --debug     write every event to stderr, one line each
  --svg FILE  save the run as a picture, too: a marble diagram
  -h, --help  show this help

Environment:
  ANTHROPIC_API_KEY   your key; without it a scripted stand-in answers
  ANTHROPIC_BASE_URL  another address of the API
  ANTHROPIC_MODEL     the model, by default claude-opus-5-5
  NO_COLOR            plain lines, as in a pipe
`;

const QUESTION = 'How is the weather in Lisbon and Tokyo, what time is it there, and what is 17.5 * 42?';

/** A question, and what to do beside answering it. */
export interface Question {
  readonly kind: 'ask';
  readonly question: string;
  readonly debug: boolean;
  /** The file to save a picture of the run to. */
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
        svg: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return { kind: 'help' };
    const question = positionals.length === 0 ? QUESTION : positionals.join(' ').trim();
    if (question === '') return { kind: 'misuse', message: 'The question is empty. Try --help.' };
    if (values.svg === '') return { kind: 'misuse', message: 'The name of the SVG file is empty. Try --help.' };
    return { kind: 'ask', question, debug: values.debug, svg: values.svg };
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split(/\.\s/u);
    return { kind: 'misuse', message: `${reason}. Try --help.` };
  }
}
