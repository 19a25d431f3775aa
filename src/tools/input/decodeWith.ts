import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Decoder } from 'io-ts';
import type { InputIssue } from '../../events/ToolInputError.js';
import { isObject } from '../../values/isObject.js';
import { isPromiseLike } from '../../values/isPromiseLike.js';
import { withoutProto } from '../../json/withoutProto.js';
import { ioTsIssues } from '../../ioTs/ioTsIssues.js';
import type { Decoded } from '../Tool.js';
import type { ToolInputSchema } from './ToolInputSchema.js';

type Decode = (input: unknown) => Decoded<unknown> | Promise<Decoded<unknown>>;

/** Makes the run-time check of a tool's input from its schema. */
export function decodeWith(schema: ToolInputSchema): Decode {
  return isStandardSchema(schema) ? withStandardSchema(schema) : withCodec(schema);
}

/** Distinguishes a Standard Schema from a codec. Some, such as arktype's, are functions. */
export function isStandardSchema(schema: ToolInputSchema): schema is StandardSchemaV1 {
  return '~standard' in schema;
}

function withCodec(codec: Decoder<unknown, unknown>): Decode {
  return (input) => {
    const decoded = decodeSafely(codec, input);
    if (decoded._tag === 'Right') return decoded;
    return { _tag: 'Left', left: ioTsIssues(decoded.left).map(withOwnValue) };
  };
}

/** A converting codec copies the object with `Object.assign`, and a `__proto__` in it must not become the prototype. */
function decodeSafely(codec: Decoder<unknown, unknown>, input: unknown): ReturnType<typeof codec.decode> {
  const decoded = codec.decode(input);
  if (decoded._tag === 'Left' || decoded.right === input) return decoded;
  const safe = withoutProto(input);
  return safe === input ? decoded : codec.decode(safe);
}

/** io-ts reads inherited fields too. JSON has no functions, so a function that was found was inherited. */
function withOwnValue(issue: InputIssue): InputIssue {
  return typeof issue.found === 'function' ? { ...issue, found: undefined } : issue;
}

function withStandardSchema(schema: StandardSchemaV1): Decode {
  return (input) => {
    const result: unknown = schema['~standard'].validate(input);
    return isPromiseLike(result)
      ? Promise.resolve(result).then((settled) => fromStandardResult(input, settled as StandardResult))
      : fromStandardResult(input, result as StandardResult);
  };
}

type StandardResult = StandardSchemaV1.Result<unknown>;

function fromStandardResult(input: unknown, result: StandardResult): Decoded<unknown> {
  if (!result.issues) return { _tag: 'Right', right: result.value };
  return { _tag: 'Left', left: result.issues.map((issue) => toIssue(input, issue)) };
}

function toIssue(input: unknown, { message, path = [] }: StandardSchemaV1.Issue): InputIssue {
  const keys = path.map((segment) => toKey(isObject(segment) ? segment['key'] : segment));
  return { path: keys, expected: message, found: valueAt(input, keys), message };
}

function toKey(key: unknown): string | number {
  return typeof key === 'number' ? key : String(key);
}

/** The value at a path, by own fields only, because the path is untrusted. */
export function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  let value = input;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
