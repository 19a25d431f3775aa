/** A JSON Schema, draft 2020-12. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly [keyword: string]: unknown;
}

/** Replaces a reference with what it refers to. */
type Resolve = (schema: JsonSchema) => JsonSchema;

/** The schema that no value satisfies. */
export const NOTHING: JsonSchema = { not: {} };

/** Keywords that shape or only describe an object: a part of an intersection with no others can be merged. */
const SHAPE = ['type', 'properties', 'required', 'additionalProperties'];
const WORDS = ['description', 'title', 'examples', 'default'];

/** The schema of a list of values. */
export function enumeration(values: readonly unknown[]): JsonSchema {
  const [first, ...others] = new Set(values);
  if (values.length === 0) return NOTHING;
  const type = typeof first;
  const isUniform = first !== null && others.every((value) => typeof value === type);
  return { ...(isUniform && { type }), enum: [first, ...others] };
}

/** The schema of values that satisfy at least one branch. Branches that only list values become one list. */
export function unite(branches: readonly JsonSchema[]): JsonSchema {
  const lists = branches.filter(isEnumeration);
  const isListed = (branch: JsonSchema): boolean => lists.length > 0 && (isEnumeration(branch) || isNull(branch));
  const values = branches.filter(isListed).flatMap((branch) => branch.enum ?? [null]);
  const list = enumeration(values);
  const all = distinct(branches.map((branch) => (isListed(branch) ? list : branch)));
  return all.length === 0 ? NOTHING : all.length === 1 && all[0] ? all[0] : { anyOf: all };
}

/**
 * The schema of values that satisfy every part. Object schemas become one, which is closed only if all of them are:
 * io-ts's `strict` drops unknown properties and refuses none, so an open part next to it lets them through. `resolve`
 * returns what a reference refers to.
 */
export function intersect(parts: readonly JsonSchema[], resolve: Resolve): JsonSchema {
  const telling = distinct(parts).filter((part) => Object.keys(part).length > 0);
  const [only = {}, ...others] = telling;
  if (others.length === 0) return only;
  const loose = telling.map(resolve).map((part) => ('propertyNames' in part ? reopen(part, resolve) : part));
  const objects = loose.filter(isMergeable);
  const rest = loose.filter((part) => !isMergeable(part));
  if (objects.length === 0) return { allOf: rest.map((part) => reopen(part, resolve)) };
  const merged = objects.reduce((a, b) => merge(a, b, resolve));
  return rest.length === 0 ? merged : { allOf: [merged, ...rest].map((part) => reopen(part, resolve)) };
}

/** Forbids properties that are not listed. */
export function close(schema: JsonSchema): JsonSchema {
  const sees = schema.type === 'object' && schema.$ref === undefined && schema.allOf === undefined;
  return { ...schema, [sees ? 'additionalProperties' : 'unevaluatedProperties']: false };
}

/** Tells whether only strings satisfy a schema, so that it can describe property names. */
export function isStringSchema(schema: JsonSchema): boolean {
  if (schema.type !== undefined) return schema.type === 'string';
  return (schema.anyOf?.length ?? 0) > 0 && schema.anyOf?.every(isStringSchema) === true;
}

function merge(a: JsonSchema, b: JsonSchema, resolve: Resolve): JsonSchema {
  const keys = new Set([...Object.keys(a.properties ?? {}), ...Object.keys(b.properties ?? {})]);
  // `fromEntries` defines each property, also one named `__proto__`.
  const properties = Object.fromEntries(
    [...keys].map((key) => [key, intersect([propertyOf(a, key), propertyOf(b, key)], resolve)]),
  );
  const required = [...new Set([...(a.required ?? []), ...(b.required ?? [])])];
  const description = [...new Set([a.description, b.description])].filter((text) => text !== undefined).join(' ');
  return {
    ...wordsOf(b),
    ...wordsOf(a),
    ...(description !== '' && { description }),
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    ...additionalOf(a, b, resolve),
  };
}

function wordsOf(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => WORDS.includes(keyword)));
}

function propertyOf(schema: JsonSchema, key: string): JsonSchema {
  const { properties = {}, additionalProperties } = schema;
  const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
  return property ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
}

function additionalOf(a: JsonSchema, b: JsonSchema, resolve: Resolve): JsonSchema {
  const both = [a.additionalProperties, b.additionalProperties];
  if (both.every((additional) => additional === false)) return { additionalProperties: false };
  const schemas = both.filter((additional) => typeof additional === 'object');
  return schemas.length === 0 ? {} : { additionalProperties: intersect(schemas, resolve) };
}

/** Allows the properties that only other parts of an intersection know. */
function reopen(schema: JsonSchema, resolve: Resolve): JsonSchema {
  if (schema.$ref !== undefined) return reopenDefinition(schema, resolve);
  const { anyOf, allOf } = schema;
  const isFilter = 'propertyNames' in schema;
  const kept = Object.entries(schema).filter(([keyword, value]) => {
    return keyword !== 'propertyNames' && !(keyword === 'additionalProperties' && (isFilter || value === false));
  });
  return {
    ...Object.fromEntries(kept),
    ...(anyOf && { anyOf: anyOf.map((branch) => reopen(branch, resolve)) }),
    ...(allOf && { allOf: allOf.map((part) => reopen(part, resolve)) }),
  };
}

/** Keeps a reference to a schema that is open anyway. */
function reopenDefinition(schema: JsonSchema, resolve: Resolve): JsonSchema {
  const definition = resolve(schema);
  if (definition.$ref !== undefined) return schema;
  const reopened = reopen(definition, resolve);
  return JSON.stringify(reopened) === JSON.stringify(definition) ? schema : reopened;
}

function isMergeable(schema: JsonSchema): boolean {
  return schema.type === 'object' && Object.keys(schema).every((keyword) => [...SHAPE, ...WORDS].includes(keyword));
}

function isEnumeration(schema: JsonSchema): boolean {
  return 'enum' in schema && Object.keys(schema).every((keyword) => keyword === 'enum' || keyword === 'type');
}

function isNull(schema: JsonSchema): boolean {
  return schema.type === 'null' && Object.keys(schema).length === 1;
}

function distinct(schemas: readonly JsonSchema[]): readonly JsonSchema[] {
  return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
}
