import { isJsonObject } from '../json/isJsonObject.js';
import type { Fields } from './blocks.js';

/** The names that the API takes for a tool. */
export const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** The names that it takes for the properties of an input. */
export const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/** The fields that the definition of a tool may have, apart from `type`, `name`, `description` and `input_schema`. */
export const OPTIONAL_TOOL_FIELDS = [
  'allowed_callers',
  'cache_control',
  'defer_loading',
  'eager_input_streaming',
  'input_examples',
  'strict',
] as const;

/** Something in the root of an `input_schema` that the API refuses: its path, and what was found there. */
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
