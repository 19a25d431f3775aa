import { RxClaudeError } from '../errors/RxClaudeError.js';
import { descriptionOf } from './describeCodec.js';
import { acceptsUndefined, inspect, literalsOf } from './ioTsCodec.js';
import type { AnyCodec, InspectedCodec } from './ioTsCodec.js';
import { define, expand, withDefinitions } from './ioTsDefinitions.js';
import type { Scope } from './ioTsDefinitions.js';
import { KNOWN_BRANDS, KNOWN_CONVERTERS } from './ioTsKnown.js';
import { close, enumeration, intersect, isStringSchema, NOTHING, unite } from './ioTsSchema.js';
import type { JsonSchema } from './ioTsSchema.js';

type Refinement = Extract<InspectedCodec, { _tag: 'RefinementType' }>;
type Dictionary = Extract<InspectedCodec, { _tag: 'DictionaryType' }>;

const WRAP_IT = 'Wrap it: describeCodec(codec, { schema: {...} }).';

/**
 * Derives from an io-ts codec the JSON Schema (draft 2020-12) of what Claude must send, which is what `decode` takes.
 *
 * ```text
 * t.type({ city: t.string })    { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
 * ```
 *
 * A property is optional when its codec accepts `undefined`. An intersection of objects becomes one object. A
 * description from {@link describeCodec} is added where its codec stands.
 *
 * Gotcha: a codec made with `new t.Type(...)` or `pipe` does not show what it takes. The converters of io-ts-types are
 * known by name; give any other codec its schema with {@link describeCodec}.
 *
 * @returns The schema, plain JSON data.
 * @throws `JsonSchemaError` when a part cannot be expressed in JSON Schema, or when a union is at the top level, where
 * the API takes none.
 * @example
 * ```ts
 * import { ioTsJsonSchema } from 'rxclaude';
 * import * as t from 'io-ts';
 *
 * const schema = ioTsJsonSchema(t.type({ city: t.string, unit: t.keyof({ celsius: null, fahrenheit: null }) }));
 *
 * console.log(schema.required); // ['city', 'unit']
 * ```
 * @see {@link describeCodec}
 */
export function ioTsJsonSchema(codec: AnyCodec): JsonSchema {
  const scope: Scope = new Map();
  const root = expand(present(codec, 'input', scope), scope);
  if (['anyOf', 'oneOf', 'allOf', '$ref'].some((keyword) => keyword in root)) {
    const advice = 'which has a union at the top. Put it into a property of a t.type.';
    throw jsonSchemaError('input', codec.name, advice);
  }
  return withDefinitions(root, scope);
}

/** The schema of a value that must be present: JSON has no `undefined`. */
function present(codec: AnyCodec, path: string, scope: Scope): JsonSchema {
  if (descriptionOf(codec).schema === undefined && acceptsUndefined(codec)) {
    throw jsonSchemaError(path, codec.name, 'and JSON has no undefined. Use t.null.');
  }
  return convert(codec, path, scope);
}

/** The schema of a value that may be left out. */
function convert(codec: AnyCodec, path: string, scope: Scope): JsonSchema {
  const { schema, ...keywords } = descriptionOf(codec);
  return { ...(schema ?? structureOf(codec, path, scope)), ...keywords };
}

function structureOf(codec: AnyCodec, path: string, scope: Scope): JsonSchema {
  const inner = inspect(codec);
  switch (inner._tag) {
    case 'NullType':
      return { type: 'null' };
    case 'StringType':
      return { type: 'string' };
    case 'NumberType':
      return { type: 'number' };
    case 'BooleanType':
      return { type: 'boolean' };
    case 'AnyArrayType':
      return { type: 'array' };
    case 'AnyDictionaryType':
      return { type: 'object' };
    case 'ObjectType':
      return { type: ['object', 'array'] };
    case 'UnknownType':
    case 'AnyType':
      return {};
    case 'NeverType':
    case 'UndefinedType':
    case 'VoidType':
      return NOTHING;
    case 'LiteralType':
      return enumeration([literal(inner, path)]);
    case 'KeyofType':
      return enumeration(Object.keys(inner.keys));
    case 'InterfaceType':
      return object(inner.props, isRequired, path, scope);
    case 'PartialType':
      return object(inner.props, () => false, path, scope);
    case 'StrictType':
      return close(object(inner.props, isRequired, path, scope));
    case 'ExactType':
      return close(expand(convert(inner.type, path, scope), scope));
    case 'ReadonlyType':
      return convert(inner.type, path, scope);
    case 'RefinementType':
      return refined(inner, convert(inner.type, path, scope));
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return { type: 'array', items: present(inner.type, `${path}[]`, scope) };
    case 'TupleType':
      return tuple(inner.types, path, scope);
    case 'DictionaryType':
      return dictionary(inner, path, scope);
    case 'UnionType':
      return unite(branchesOf(inner).map((branch) => convert(branch, path, scope)));
    case 'IntersectionType':
      return intersection(inner.types, path, scope);
    case 'RecursiveType':
      return { $ref: define(inner, scope, (definition) => convert(definition, path, scope)) };
    case 'BigIntType':
    case 'FunctionType':
      throw jsonSchemaError(path, inner.name, `and JSON has no such value. ${WRAP_IT}`);
    default:
      return converter(codec, path);
  }
}

function isRequired(codec: AnyCodec): boolean {
  return !acceptsUndefined(codec);
}

function object(
  props: Readonly<Record<string, AnyCodec>>,
  isNeeded: (codec: AnyCodec) => boolean,
  path: string,
  scope: Scope,
): JsonSchema {
  const entries = Object.entries(props);
  const required = entries.filter(([, codec]) => isNeeded(codec)).map(([key]) => key);
  return {
    type: 'object',
    // `fromEntries` defines each property, also one named `__proto__`.
    properties: Object.fromEntries(entries.map(([key, codec]) => [key, convert(codec, path + segment(key), scope)])),
    ...(required.length > 0 && { required }),
  };
}

function segment(key: string): string {
  return /^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function literal(codec: AnyCodec & { readonly value: unknown }, path: string): unknown {
  const { value } = codec;
  // JSON has no negative zero.
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  throw jsonSchemaError(path, codec.name, `and JSON cannot hold that literal. ${WRAP_IT}`);
}

/** io-ts reads a missing element of a tuple as `undefined`, so elements at its end can be optional. */
function tuple(types: readonly AnyCodec[], path: string, scope: Scope): JsonSchema {
  const minItems = types.reduce((least, type, index) => (acceptsUndefined(type) ? least : index + 1), 0);
  const prefixItems = types.map((type, index) =>
    (index < minItems ? present : convert)(type, `${path}[${String(index)}]`, scope),
  );
  return { type: 'array', ...(types.length > 0 && { prefixItems }), items: false, minItems, maxItems: types.length };
}

/** io-ts treats a record with known keys as a strict object, and any other as a filter on keys. */
function dictionary({ domain, codomain, name }: Dictionary, path: string, scope: Scope): JsonSchema {
  const keys = literalsOf(domain);
  if (keys?.every((key) => typeof key === 'string')) {
    return close(object(Object.fromEntries(keys.map((key) => [key, codomain])), isRequired, path, scope));
  }
  const propertyNames = convert(domain, path, scope);
  const isAnyKey = Object.keys(propertyNames).length === 0;
  if (!isAnyKey && !isStringSchema(expand(propertyNames, scope))) {
    throw jsonSchemaError(path, name, `and the keys of a JSON object are strings. ${WRAP_IT}`);
  }
  const isTelling = !isAnyKey && JSON.stringify(propertyNames) !== '{"type":"string"}';
  const additionalProperties = convert(codomain, `${path}.*`, scope);
  return { type: 'object', ...(isTelling && { propertyNames }), additionalProperties };
}

/** The choices that JSON can express; nested unions are flattened unless they have a description. */
function branchesOf({ types }: { readonly types: readonly AnyCodec[] }): readonly AnyCodec[] {
  return types.flatMap((type) => {
    const inner = inspect(type);
    const isDescribed = Object.keys(descriptionOf(type)).length > 0;
    if (inner._tag === 'UnionType' && !isDescribed) return branchesOf(inner);
    const isVoid = inner._tag === 'UndefinedType' || inner._tag === 'VoidType' || inner._tag === 'NeverType';
    return isVoid && descriptionOf(type).schema === undefined ? [] : [type];
  });
}

function intersection(types: readonly AnyCodec[], path: string, scope: Scope): JsonSchema {
  const parts = types.map((type) => convert(type, path, scope));
  return intersect(parts, (part) => {
    const whole = expand(part, scope);
    const unfinished = [...scope.values()].find(({ ref }) => ref === whole.$ref)?.codec;
    if (unfinished === undefined || !isClosed(unfinished)) return whole;
    const problem = `which is strict and part of an intersection in its own definition. ${WRAP_IT}`;
    throw jsonSchemaError(path, unfinished.name, problem);
  });
}

function isClosed(codec: AnyCodec): boolean {
  const inner = inspect(codec);
  if (inner._tag === 'ExactType' || inner._tag === 'StrictType') return true;
  if (inner._tag === 'RecursiveType') return isClosed(inner.runDefinition());
  return (inner._tag === 'ReadonlyType' || inner._tag === 'RefinementType') && isClosed(inner.type);
}

function refined({ name, predicate }: Refinement, base: JsonSchema): JsonSchema {
  const isInteger = [Number.isInteger, Number.isSafeInteger].some((known) => known === predicate);
  if (base.type === 'number' && (isInteger || name === 'Int' || name === 'Integer'))
    return { ...base, type: 'integer' };
  return base.type === 'string' ? { ...base, ...KNOWN_BRANDS.get(name) } : base;
}

function converter({ name }: AnyCodec, path: string): JsonSchema {
  const known = KNOWN_CONVERTERS.get(name);
  if (known) return { ...known };
  throw jsonSchemaError(path, name, `which does not show what it decodes from. ${WRAP_IT}`);
}

function jsonSchemaError(path: string, found: string, problem: string): RxClaudeError<'JsonSchemaError'> {
  // io-ts generates names that spell out the whole type.
  const name = found.length > 80 ? `${found.slice(0, 79)}…` : found;
  const message = `\`${path}\` cannot be written as JSON Schema: found the codec \`${name}\`, ${problem}`;
  return new RxClaudeError('JsonSchemaError', message, { path, found });
}
