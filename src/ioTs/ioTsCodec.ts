import type * as t from 'io-ts';

/** Any io-ts codec. Only decoding matters here, and with this type every codec fits without an `any`. */
export type AnyCodec = t.Decoder<never, unknown>;

interface Tagged<Tag extends string> extends AnyCodec {
  readonly _tag: Tag;
}

interface Props<Tag extends string> extends Tagged<Tag> {
  readonly props: Readonly<Record<string, AnyCodec>>;
}

interface Types<Tag extends string> extends Tagged<Tag> {
  readonly types: readonly AnyCodec[];
}

interface Inner<Tag extends string> extends Tagged<Tag> {
  readonly type: AnyCodec;
}

type Leaf = Tagged<
  | 'NullType'
  | 'UndefinedType'
  | 'VoidType'
  | 'UnknownType'
  | 'AnyType'
  | 'NeverType'
  | 'StringType'
  | 'NumberType'
  | 'BigIntType'
  | 'BooleanType'
  | 'AnyArrayType'
  | 'AnyDictionaryType'
  | 'ObjectType'
  | 'FunctionType'
>;

/** A codec by its `_tag`: the fields of io-ts's classes, without importing them. A custom `t.Type` has no tag. */
export type InspectedCodec =
  | Leaf
  | Props<'InterfaceType' | 'PartialType' | 'StrictType'>
  | Types<'IntersectionType' | 'TupleType'>
  | (Types<'UnionType'> & { readonly tag?: string })
  | Inner<'ArrayType' | 'ReadonlyArrayType' | 'ExactType' | 'ReadonlyType'>
  | (Inner<'RefinementType'> & { readonly predicate: unknown })
  | (Inner<'RecursiveType'> & { readonly runDefinition: () => AnyCodec })
  | (Tagged<'DictionaryType'> & { readonly domain: AnyCodec; readonly codomain: AnyCodec })
  | (Tagged<'LiteralType'> & { readonly value: unknown })
  | (Tagged<'KeyofType'> & { readonly keys: object })
  | (AnyCodec & { readonly _tag?: undefined });

/** Lets the `_tag` of a codec narrow it. */
export function inspect(codec: AnyCodec): InspectedCodec {
  return codec;
}

/** Removes what does not affect the outer shape: refinements, `readonly`, `exact` and recursion. */
export function unwrap(codec: AnyCodec): InspectedCodec {
  const seen = new Set<AnyCodec>();
  let inner = inspect(codec);
  while (isWrapper(inner) && !seen.has(inner)) {
    seen.add(inner);
    inner = inspect(inner.type);
  }
  return inner;
}

/**
 * Tells whether a property with this codec may be left out. `unknown` may not: in a `type`, it means that the property
 * is required.
 */
export function acceptsUndefined(codec: AnyCodec, seen: readonly AnyCodec[] = []): boolean {
  const inner = unwrap(codec);
  if (seen.includes(inner)) return false;
  const accepts = (type: AnyCodec): boolean => acceptsUndefined(type, [...seen, inner]);
  switch (inner._tag) {
    case 'UndefinedType':
    case 'VoidType':
      return true;
    case 'UnionType':
      return inner.types.some(accepts);
    case 'IntersectionType':
      return inner.types.every(accepts);
    default:
      return false;
  }
}

/** The literals of a codec that accepts nothing else. */
export function literalsOf(codec: AnyCodec): readonly unknown[] | undefined {
  const inner = inspect(codec);
  switch (inner._tag) {
    case 'LiteralType':
      return [inner.value];
    case 'KeyofType':
      return Object.keys(inner.keys);
    case 'UnionType': {
      const all = inner.types.map(literalsOf);
      return all.every((literals) => literals !== undefined) ? all.flat() : undefined;
    }
    default:
      return undefined;
  }
}

function isWrapper(
  codec: InspectedCodec,
): codec is Extract<InspectedCodec, { _tag: 'RefinementType' | 'ReadonlyType' | 'ExactType' | 'RecursiveType' }> {
  return (
    codec._tag === 'RefinementType' ||
    codec._tag === 'ReadonlyType' ||
    codec._tag === 'ExactType' ||
    codec._tag === 'RecursiveType'
  );
}
