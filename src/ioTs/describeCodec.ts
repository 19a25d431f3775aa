import type { AnyCodec } from './ioTsCodec.js';
import type { JsonSchema } from './ioTsSchema.js';

/**
 * Shared by every copy of the library. Set as an enumerable property, because io-ts-types copies a codec by
 * `Object.assign`.
 */
const MARK = Symbol.for('rxclaude.description');

/** What Claude should know and a codec cannot say by itself. Each field but `schema` is a keyword of JSON Schema. */
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
  /** The whole schema, for a codec that has none, such as one that turns a string into a `Date`. */
  readonly schema?: JsonSchema;
}

/**
 * Adds to an io-ts codec what Claude should know about it.
 *
 * Makes a new codec that decodes like the given one, which stays unchanged. Only the derived JSON Schema differs:
 * Claude sees a `minimum` given here, but nothing enforces it; refine the codec too if it must hold. Describing a codec
 * again adds to its description, and later values win.
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
