import type { AnyCodec, InspectedCodec } from './ioTsCodec.js';
import type { JsonSchema } from './ioTsSchema.js';

type Recursive = Extract<InspectedCodec, { _tag: 'RecursiveType' }>;

/** A recursive codec that was found; it has no schema while that is being derived. */
interface Definition {
  readonly ref: string;
  readonly codec: Recursive;
  schema?: JsonSchema;
}

/** The recursive codecs found so far. A described copy of one shares its `runDefinition`, and so its definition. */
export type Scope = Map<Recursive['runDefinition'], Definition>;

const REFS = '#/$defs/';

/** Returns the `$ref` of a recursive codec, and derives its definition the first time. */
export function define(codec: Recursive, scope: Scope, derive: (definition: AnyCodec) => JsonSchema): string {
  const known = scope.get(codec.runDefinition);
  if (known) return known.ref;
  const definition: Definition = { ref: freshRef(codec.name, scope), codec };
  // Set before the definition is derived, because that finds the codec again.
  scope.set(codec.runDefinition, definition);
  definition.schema = derive(codec.runDefinition());
  return definition.ref;
}

/** Replaces a reference with its finished definition. */
export function expand(schema: JsonSchema, scope: Scope, seen: readonly string[] = []): JsonSchema {
  const { $ref, ...siblings } = schema;
  const definition = [...scope.values()].find(({ ref }) => ref === $ref);
  if ($ref === undefined || definition?.schema === undefined || seen.includes($ref)) return schema;
  return expand({ ...definition.schema, ...siblings }, scope, [...seen, $ref]);
}

/** Adds the definitions that a schema refers to, directly or through others. */
export function withDefinitions(root: JsonSchema, scope: Scope): JsonSchema {
  const found = new Map<string, JsonSchema>();
  const visit = (schema: JsonSchema): void => {
    // In JSON text, quotes inside a string are escaped, so this finds references only.
    const text = JSON.stringify(schema);
    for (const { ref, schema: definition } of scope.values()) {
      if (definition === undefined || found.has(ref) || !text.includes(`"$ref":"${ref}"`)) continue;
      found.set(ref, definition);
      visit(definition);
    }
  };
  visit(root);
  const definitions = [...found].map(([ref, definition]) => [ref.slice(REFS.length), definition] as const);
  return definitions.length === 0 ? root : { ...root, $defs: Object.fromEntries(definitions) };
}

function freshRef(name: string, scope: Scope): string {
  const word = name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'Definition';
  const taken = new Set([...scope.values()].map(({ ref }) => ref));
  let ref = REFS + word;
  for (let count = 2; taken.has(ref); count += 1) ref = REFS + word + String(count);
  return ref;
}
