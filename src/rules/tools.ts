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

/** Something in the root of an `input_schema` that the API refuses: where it is there, and what was found. */
export interface SchemaProblem {
  readonly field: '' | '.type' | '.properties';
  readonly found: unknown;
}

/** Everything in the root of an `input_schema` that the API refuses. */
export function schemaProblems({ type, properties, ...schema }: Fields): SchemaProblem[] {
  const found: SchemaProblem[] = [];
  const choice = ['oneOf', 'allOf', 'anyOf'].find((keyword) => schema[keyword] !== undefined);
  if (choice !== undefined) found.push({ field: '', found: choice });
  if (type !== 'object') found.push({ field: '.type', found: type });
  const name = isJsonObject(properties) && Object.keys(properties).find((one) => !PROPERTY_NAME.test(one));
  if (typeof name === 'string') found.push({ field: '.properties', found: name });
  return found;
}
