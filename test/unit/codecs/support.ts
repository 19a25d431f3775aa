import { Validator, type Schema } from '@cfworker/json-schema';
import * as t from 'io-ts';
import { ioTsJsonSchema } from '../../../src/ioTs/ioTsJsonSchema.js';
import type { JsonSchema } from '../../../src/ioTs/ioTsSchema.js';

/** The JSON Schema that Claude sees of a codec in a field. */
export function schemaOf(codec: t.Mixed): JsonSchema {
  return ioTsJsonSchema(t.type({ field: codec })).properties?.['field'] ?? {};
}

/** Makes the check of a value against the JSON Schema of a codec. */
export function validatorOf(codec: t.Mixed): (value: unknown) => boolean {
  const validator = new Validator(structuredClone(schemaOf(codec)) as Schema, '2020-12');
  return (value) => validator.validate(value).valid;
}

/** What a codec makes of a value: the decoded value, or the sentence for Claude. */
function outcomeOf(codec: t.Type<string>, value: unknown): { taken: string } | { refused: string | undefined } {
  const decoded = codec.decode(value);
  return decoded._tag === 'Right' ? { taken: decoded.right } : { refused: decoded.left[0]?.message };
}

/** The decoded value; `undefined` for one that is refused. */
export function decodedBy(codec: t.Type<string>, value: unknown): string | undefined {
  const outcome = outcomeOf(codec, value);
  return 'taken' in outcome ? outcome.taken : undefined;
}

/** The sentence for Claude; `undefined` for a value that is taken. */
export function refusalBy(codec: t.Type<string>, value: unknown): string | undefined {
  const outcome = outcomeOf(codec, value);
  return 'refused' in outcome ? outcome.refused : undefined;
}

/** Values that are no strings. */
export const NO_STRINGS: readonly unknown[] = [
  undefined,
  null,
  0,
  true,
  [],
  ['a'],
  {},
  { toString: () => 'a' },
  Object('a'),
  Symbol('a'),
  () => 'a',
];
