import { isJsonObject } from '../json/isJsonObject.js';
import type { Fields } from './blocks.js';

/** What the API demands of a tool's name (400 otherwise). */
export const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** What it demands of the name of a property of the input (400 otherwise). */
export const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/** The fields that the definition of a tool may have, beside `type`, `name`, `description` and `input_schema`. */
export const OPTIONAL_TOOL_FIELDS = [
  'allowed_callers',
  'cache_control',
  'defer_loading',
  'eager_input_streaming',
  'input_examples',
  'strict',
] as const;

/** Something in the root of an `input_schema` that the API refuses: what it concerns, and what was found there. */
export interface SchemaProblem {
  readonly concerns: 'choice' | 'type' | 'properties';
  readonly found: unknown;
}

/** Everything in the root of an `input_schema` that the API refuses. */
export function schemaProblems({ type, properties, ...schema }: Fields): SchemaProblem[] {
  const choice = ['oneOf', 'allOf', 'anyOf'].find((keyword) => schema[keyword] !== undefined);
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  const name = names.find((one) => !PROPERTY_NAME.test(one));
  return [
    ...(choice === undefined ? [] : [{ concerns: 'choice', found: choice } as const]),
    ...(type === 'object' ? [] : [{ concerns: 'type', found: type } as const]),
    ...(name === undefined ? [] : [{ concerns: 'properties', found: name } as const]),
  ];
}
