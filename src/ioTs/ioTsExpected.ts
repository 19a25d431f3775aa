import { inspect, literalsOf, unwrap } from './ioTsCodec.js';
import type { AnyCodec } from './ioTsCodec.js';

/** The property that distinguishes the branches of a union. */
export interface Tag {
  readonly key: string;
  /** The values of the property for each branch. */
  readonly valuesOf: readonly (readonly unknown[])[];
}

/**
 * Says what a codec expects: its name, unchanged when a person gave it. In the names that io-ts generates, unions lose
 * `undefined`, which Claude cannot send, and refinements are written so that they do not look like a union.
 */
export function expectedOf(codec: AnyCodec): string {
  const inner = inspect(codec);
  if (inner._tag === 'UnionType' && inner.name === `(${inner.types.map(({ name }) => name).join(' | ')})`) {
    return choicesOf(inner.types) || inner.name;
  }
  const base = inner._tag === 'RefinementType' ? inner.type : undefined;
  if (base === undefined || !inner.name.startsWith(`(${base.name} | `)) return inner.name;
  const predicate = inner.name.slice(`(${base.name} | `.length, -1);
  return `${expectedOf(base)} (${predicate.startsWith('<') ? 'refined' : predicate})`;
}

/** Finds a property that holds literals in every branch, none of them in two branches. */
export function tagOf(branches: readonly AnyCodec[], wanted?: string): Tag | undefined {
  const [first, ...others] = branches;
  if (first === undefined || others.length === 0) return undefined;
  const keys = wanted === undefined ? tagKeys(first) : [wanted];
  return keys
    .map((key) => ({ key, valuesOf: branches.map((branch) => tagValues(branch, key)) }))
    .find(({ valuesOf }) => {
      const all = valuesOf.flat();
      return valuesOf.every((values) => values.length > 0) && new Set(all).size === all.length;
    });
}

function choicesOf(types: readonly AnyCodec[]): string {
  const names = types.flatMap((type) => {
    const { _tag } = inspect(type);
    return _tag === 'UndefinedType' || _tag === 'VoidType' ? [] : expectedOf(type);
  });
  return [...new Set(names)].join(' | ');
}

function tagKeys(branch: AnyCodec): readonly string[] {
  const inner = unwrap(branch);
  switch (inner._tag) {
    case 'InterfaceType':
    case 'StrictType':
      return Object.keys(inner.props);
    case 'IntersectionType':
      return inner.types.flatMap(tagKeys);
    default:
      return [];
  }
}

function tagValues(branch: AnyCodec, key: string): readonly unknown[] {
  const inner = unwrap(branch);
  switch (inner._tag) {
    case 'InterfaceType':
    case 'StrictType': {
      const property = Object.hasOwn(inner.props, key) ? inner.props[key] : undefined;
      return (property && literalsOf(property)) ?? [];
    }
    case 'IntersectionType':
    case 'UnionType':
      return inner.types.flatMap((type) => tagValues(type, key));
    default:
      return [];
  }
}
