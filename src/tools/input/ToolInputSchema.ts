import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Decoder } from 'io-ts';

/**
 * The schema of a tool's input: an io-ts codec, or any Standard Schema (zod 4, valibot, arktype, or a JSON Schema
 * wrapped by `jsonSchema`).
 */
export type ToolInputSchema = StandardSchemaV1 | Decoder<unknown, unknown>;

/** The type that `run` gets: the schema's decoded type. */
export type InputOf<Schema> =
  Schema extends StandardSchemaV1<unknown, infer Input>
    ? Input
    : Schema extends Decoder<unknown, infer Input>
      ? Input
      : never;
