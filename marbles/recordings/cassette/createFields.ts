import { isJsonObject } from '../../../src/json/isJsonObject.js';
import { preview } from '../../compare/preview.js';
import { CassetteError } from './CassetteError.js';

/** Reads the fields of one line, and fails with its number where one is not as it must be. */
export interface Fields {
  readonly line: number;
  has(name: string): boolean;
  whole(name: string, least: number, most?: number): number;
  text(name: string): string;
  word<Word extends string>(name: string, words: readonly Word[]): Word;
  headers(name: string): Readonly<Record<string, string>>;
  /** The fields of an object. */
  inner(name: string): Fields;
  any(name: string): unknown;
  fail(expected: string, found: string): never;
}

/** @throws CassetteError when the value is no object. */
export function createFields(value: unknown, line: number, path = ''): Fields {
  const fail = (expected: string, found: string): never => {
    throw new CassetteError(`Line ${line} of the cassette: expected ${expected}, found ${found}.`, { line });
  };
  if (!isJsonObject(value)) return fail(path === '' ? 'a JSON object' : `\`${path}\` to be an object`, shown(value));
  const any = (name: string): unknown => (Object.hasOwn(value, name) ? value[name] : undefined);
  const refuse = (name: string, expected: string): never => {
    const whole = path === '' ? name : `${path}.${name}`;
    return fail(`\`${whole}\` to be ${expected}`, shown(any(name)));
  };
  return {
    line,
    fail,
    any,
    has: (name) => any(name) !== undefined,
    whole(name, least, most = Infinity) {
      const found = any(name);
      if (typeof found === 'number' && Number.isInteger(found) && found >= least && found <= most) return found;
      const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
      return refuse(name, `a whole number ${range}`);
    },
    text(name) {
      const found = any(name);
      return typeof found === 'string' ? found : refuse(name, 'a text');
    },
    word(name, words) {
      return words.find((word) => word === any(name)) ?? refuse(name, `one of ${words.join(', ')}`);
    },
    headers(name) {
      const found = any(name);
      return isHeaders(found) ? found : refuse(name, 'an object of headers and their texts');
    },
    inner: (name) => createFields(any(name), line, name),
  };
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : preview(value);
}

function isHeaders(value: unknown): value is Readonly<Record<string, string>> {
  if (!isJsonObject(value) || !Object.values(value).every((text) => typeof text === 'string')) return false;
  try {
    // Not every text may be a header, and the replay will need them to be.
    return [...new Headers(value as Record<string, string>)].length >= 0;
  } catch {
    return false;
  }
}
