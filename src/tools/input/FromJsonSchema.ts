/**
 * The type of the values that a JSON Schema describes, derived from the schema's literal type.
 *
 * It supports `type`, `properties`, `required`, `additionalProperties`, `items`, `prefixItems`, `enum`, `const`,
 * `anyOf`, `oneOf` and `allOf`. Anything else, such as a `$ref`, is `unknown`: less exact, not wrong.
 */
export type FromJsonSchema<Schema> = Schema extends { readonly const: infer Value }
  ? Value
  : Schema extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : Schema extends { readonly anyOf: infer Branches }
      ? OneOf<Branches>
      : Schema extends { readonly oneOf: infer Branches }
        ? OneOf<Branches>
        : Schema extends { readonly allOf: infer Parts }
          ? AllOf<Parts>
          : Schema extends { readonly type: infer Type }
            ? FromType<Type extends readonly (infer Name)[] ? Name : Type, Schema>
            : unknown;

type FromType<Type, Schema> = Type extends 'string'
  ? string
  : Type extends 'number' | 'integer'
    ? number
    : Type extends 'boolean'
      ? boolean
      : Type extends 'null'
        ? null
        : Type extends 'array'
          ? FromArray<Schema>
          : Type extends 'object'
            ? FromObject<Schema>
            : unknown;

type FromArray<Schema> = Schema extends { readonly prefixItems: infer Items }
  ? { -readonly [Index in keyof Items]?: FromJsonSchema<Items[Index]> }
  : Schema extends { readonly items: infer Item }
    ? FromJsonSchema<Item>[]
    : unknown[];

type FromObject<Schema> = Schema extends { readonly properties: infer Properties }
  ? Fields<Properties, RequiredOf<Schema> & keyof Properties>
  : Schema extends { readonly additionalProperties: infer Value extends object }
    ? Record<string, FromJsonSchema<Value>>
    : Record<string, unknown>;

/** One mapped type, so that editors show it as one object. */
type Fields<Properties, Required extends keyof Properties> = Flat<
  { -readonly [Name in Required]: FromJsonSchema<Properties[Name]> } & {
    -readonly [Name in Exclude<keyof Properties, Required>]?: FromJsonSchema<Properties[Name]>;
  }
>;

type Flat<Type> = { [Name in keyof Type]: Type[Name] };

type RequiredOf<Schema> = Schema extends { readonly required: readonly (infer Name)[] } ? Name : never;

type OneOf<Branches> = Branches extends readonly (infer Branch)[]
  ? Branch extends unknown
    ? FromJsonSchema<Branch>
    : never
  : unknown;

type AllOf<Parts> = Parts extends readonly [infer First, ...infer Rest] ? FromJsonSchema<First> & AllOf<Rest> : unknown;
