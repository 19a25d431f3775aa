import type { AnyCodec } from './ioTsCodec.js';
import type { JsonSchema } from './ioTsSchema.js';

/** Shared by every copy of the library. Enumerable where it is set, for io-ts-types copies a codec by `Object.assign`. */
const MARK = Symbol.for('rxclaude.description');

/** What a codec cannot say of itself and Claude should know. Each field is a keyword of JSON Schema, save `schema`. */
export interface CodecDescription {
  readonly description?: string;
  readonly title?: string;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  /** The whole schema, for a codec that has none of its own, such as one that turns a string into a `Date`. */
  readonly schema?: JsonSchema;
}

/**
 * Says of an io-ts codec what Claude should know about it.
 *
 * Gives a new codec that decodes as the given one does, which stays as it was. Only the derived JSON Schema differs:
 * a `minimum` here is told to Claude, and enforced by no one; refine the codec too if it must hold. Describing a codec
 * again adds to what was said, and the last word counts.
 *
 * @returns A codec of the same type.
 * @example
 * ```ts
 * import { describeCodec, ioTsJsonSchema } from 'rxclaude';
 * import * as t from 'io-ts';
 *
 * const input = t.type({
 *   city: describeCodec(t.string, 'The city, without its country'),
 *   days: describeCodec(t.Int, { description: 'How many days ahead', minimum: 1, maximum: 14 }),
 * });
 *
 * console.log(ioTsJsonSchema(input));
 * ```
 * @see {@link ioTsJsonSchema}
 */
export function describeCodec<C extends AnyCodec>(codec: C, description: string | CodecDescription): C {
  const added = typeof description === 'string' ? { description } : description;
  const value = { ...descriptionOf(codec), ...added };
  return Object.create(Object.getPrototypeOf(codec) as object | null, {
    ...Object.getOwnPropertyDescriptors(codec),
    [MARK]: { value, enumerable: true, configurable: true, writable: true },
  }) as C;
}

/** What `describeCodec` said of a codec. */
export function descriptionOf(codec: AnyCodec): CodecDescription {
  return (codec as { readonly [MARK]?: CodecDescription })[MARK] ?? {};
}
