import { Validator, type OutputUnit } from '@cfworker/json-schema';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { messageOf } from '../../errors/messageOf.js';
import type { InputIssue } from '../../events/ToolInputError.js';
import type { FromJsonSchema } from './FromJsonSchema.js';

/** A JSON Schema that `defineTool` takes as `input`; made by `jsonSchema`. */
export interface JsonSchemaInput<Input> {
  readonly '~standard': StandardSchemaV1.Props<unknown, Input> & StandardJSONSchemaV1.Props<unknown, Input>;
}

/**
 * Wraps a raw JSON Schema (draft 2020-12) so that `defineTool` can check inputs against it.
 *
 * The type of the input is derived from the schema. `@cfworker/json-schema` does the check: it evaluates no code, so it
 * works under a strict content security policy. Bundlers leave it out of programs that do not import this function.
 *
 * @param schema The schema, with an object at its root.
 * @returns A Standard Schema with the type that the schema describes.
 * @example
 * ```ts
 * import { defineTool, jsonSchema } from 'rxclaude';
 *
 * const getWeather = defineTool({
 *   name: 'get_weather',
 *   description: 'The weather in a city.',
 *   input: jsonSchema({
 *     type: 'object',
 *     properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
 *     required: ['city'],
 *   }),
 *   run: ({ city, days = 1 }) => `Sun in ${city} for ${days} days.`,
 * });
 * ```
 */
export function jsonSchema<const Schema extends object>(schema: Schema): JsonSchemaInput<FromJsonSchema<Schema>> {
  // The validator modifies its schema.
  const validator = new Validator(structuredClone(schema), '2020-12', false);
  const given = () => schema as Record<string, unknown>;
  return {
    '~standard': {
      version: 1,
      vendor: 'rxclaude',
      validate: (value) => {
        const issues = issuesOf(validator, value);
        return issues.length === 0 ? { value: value as FromJsonSchema<Schema> } : { issues };
      },
      jsonSchema: { input: given, output: given },
    },
  };
}

/** Keywords that only say that something inside them failed; the cause is reported separately. */
const CONTAINERS: ReadonlySet<string> = new Set(
  'properties patternProperties additionalProperties items prefixItems $ref $dynamicRef allOf anyOf oneOf if then else dependentSchemas propertyNames'.split(
    ' ',
  ),
);

function issuesOf(validator: Validator, value: unknown): StandardSchemaV1.Issue[] {
  try {
    const { valid, errors } = validator.validate(value);
    return valid ? [] : toIssues(errors);
  } catch (error) {
    // The validator writes keys as URIs, and half a surrogate pair cannot be encoded.
    return [{ message: `This input cannot be checked: ${messageOf(error)}` }];
  }
}

function toIssues(errors: readonly OutputUnit[]): StandardSchemaV1.Issue[] {
  const leaves = errors.filter(
    (unit) => !CONTAINERS.has(unit.keyword) || !errors.some((other) => isInside(other, unit)),
  );
  return leaves.map(toIssue);
}

function isInside(inner: OutputUnit, outer: OutputUnit): boolean {
  if (outer.keyword === 'additionalProperties' && inner.keyword === 'false') return true;
  return inner.keywordLocation.startsWith(`${outer.keywordLocation}/`);
}

function toIssue({ keyword, instanceLocation, error }: OutputUnit): StandardSchemaV1.Issue {
  const path: InputIssue['path'] = parsePointer(instanceLocation);
  const missing = keyword === 'required' ? /property "(.*)"\.$/.exec(error)?.[1] : undefined;
  if (missing !== undefined) return { path: [...path, missing], message: 'This field is required.' };
  return { path, message: keyword === 'false' ? 'This field is not allowed.' : error };
}

/** The keys of a JSON pointer in URI form, such as `#/days/1/n`. */
function parsePointer(pointer: string): (string | number)[] {
  return pointer.split('/').slice(1).map(toKey);
}

function toKey(part: string): string | number {
  if (/^\d+$/.test(part)) return Number(part);
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}
