/** A piece of a program. */
export type Code = string;

/** The names that a program takes from the kit. */
export type Imports = Set<string>;

/** A value as a literal of TypeScript. */
export function code(value: unknown): Code {
  if (typeof value === 'string') return quoted(value);
  // What ends a line in a program is no such thing in JSON, but may stand in a literal since ES2019.
  return JSON.stringify(value);
}

function quoted(text: string): Code {
  const json = JSON.stringify(text);
  return text.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** A field of an object literal. */
export function fieldCode(name: string, value: Code): Code {
  return `${/^[a-z_]\w*$/i.test(name) ? name : code(name)}: ${value}`;
}

/** Pieces of a program under each other, further in. */
export function indented(pieces: readonly Code[], by = 2): Code {
  return pieces.join('\n').replace(/^(?=.)/gm, ' '.repeat(by));
}
