import { fieldOf } from './fieldOf.js';

/** What may be shown: one word, as types, tags and reasons are. Sentences may hold what nobody should see. */
const WORD = /^[\w$.-]{1,32}$/;

/** The value if it is one word, such as a reason or a type; and nothing else, whatever it is. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && WORD.test(value) ? value : undefined;
}

/** What an error is called, by its type, its tag, its name or its class. Never what it says. */
export function nameOfError(error: unknown): string {
  const named = [fieldOf(error, 'type'), fieldOf(error, '_tag'), fieldOf(error, 'name'), classOf(error)].map(wordOf);
  const status = fieldOf(error, 'status');
  return (
    named.find((name) => name !== undefined && name !== 'Error') ??
    (typeof status === 'number' ? `status ${status}` : error instanceof Error ? 'Error' : 'error')
  );
}

/** Errors of the SDK are all named `Error`; their classes have names of their own. */
function classOf(error: unknown): unknown {
  return error instanceof Error ? error.constructor.name : undefined;
}
