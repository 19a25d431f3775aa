import type { Either } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { describeCodec } from '../ioTs/describeCodec.js';
import type { JsonSchema } from '../ioTs/ioTsSchema.js';
import { createCodec } from './createCodec.js';

/** What a check makes of a text: the text to hand on, or a sentence that tells Claude what was expected. */
export type CheckedText = Either<string, string>;

/** What a codec of text is made of. */
interface TextRules {
  /** What Claude is told it expects, where nothing more is known. */
  readonly name: string;
  /** The JSON Schema. Whatever `check` takes satisfies it. */
  readonly schema: JsonSchema;
  readonly check: (text: string) => CheckedText;
  /** Tells whether a text is what `check` gives. Default: whether `check` gives it back unchanged. */
  readonly isChecked?: (text: string) => boolean;
  /** Turns what `check` gave into what it takes. Default: leaves it as it is. */
  readonly encode?: (text: string) => string;
}

/** Makes an io-ts codec from string to string, described by its JSON Schema. */
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

/** Tells whether a check gives a text back as it was. */
export function unchangedBy(check: TextRules['check']): (text: string) => boolean {
  return (text) => {
    const checked = check(text);
    return checked._tag === 'Right' && checked.right === text;
  };
}
