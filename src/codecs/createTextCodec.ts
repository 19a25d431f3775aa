import type { Either } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { describeCodec } from '../ioTs/describeCodec.js';
import type { JsonSchema } from '../ioTs/ioTsSchema.js';
import { createCodec } from './createCodec.js';

/** What a check returns: the text to pass on, or a sentence that tells Claude what was expected. */
export type CheckedText = Either<string, string>;

/** What a codec of text is made of. */
interface TextRules {
  /** What Claude is told to send, when nothing more is known. */
  readonly name: string;
  /** The JSON Schema. All text that `check` accepts satisfies it. */
  readonly schema: JsonSchema;
  readonly check: (text: string) => CheckedText;
  /** Tells whether a text is a result of `check`. Default: whether `check` returns it unchanged. */
  readonly isChecked?: (text: string) => boolean;
  /** Turns a result of `check` back into what it takes. Default: no change. */
  readonly encode?: (text: string) => string;
}

/** Makes an io-ts codec from string to string, with its JSON Schema as its description. */
export function createTextCodec(rules: TextRules): t.Type<string> {
  const { name, schema, check, isChecked = unchangedBy(check), encode = unchanged } = rules;
  const is: t.Is<string> = (value): value is string => typeof value === 'string' && isChecked(value);
  const validate: t.Validate<unknown, string> = (value, context) => {
    if (typeof value !== 'string') return { _tag: 'Left', left: [{ value, context }] };
    const checked = check(value);
    return checked._tag === 'Right' ? checked : { _tag: 'Left', left: [{ value, context, message: checked.left }] };
  };
  return describeCodec(createCodec(name, is, validate, encode), { schema });
}

function unchanged(text: string): string {
  return text;
}

/** Tells whether a check returns a text unchanged. */
export function unchangedBy(check: TextRules['check']): (text: string) => boolean {
  return (text) => {
    const checked = check(text);
    return checked._tag === 'Right' && checked.right === text;
  };
}
