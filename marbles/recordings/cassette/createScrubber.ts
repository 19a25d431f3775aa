import { isJsonObject } from '../../../src/json/isJsonObject.js';
import { utf8AsLatin1 } from './bytes.js';
import { HIDDEN } from './Cassette.js';
import { KEY_LOOKS, SECRET_FIELD } from './keyLooks.js';
import { maskBytes } from './maskBytes.js';

/** Takes secrets out of what is to be written. */
export interface Scrubber {
  /** From now on, this text is never written. */
  learn(secrets: readonly string[]): void;
  /** A text with `[hidden]` in place of each secret. */
  text(text: string): string;
  /** A JSON value whose texts have no secrets, nor have its secret fields. */
  json(value: unknown): unknown;
  /**
   * Writes `x` over each secret, and changes neither length nor form.
   *
   * @param unfinished Whether more may come: then the beginning of a secret at the end is written over as well.
   */
  mask(bytes: Uint8Array, unfinished: boolean): void;
}

/** Makes a scrubber that knows these secrets, and what keys look like. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const known = new Set<string>();
  let wanted: RegExp | undefined;
  let written: readonly string[] = [];

  const learn = (more: readonly string[]): void => {
    const before = known.size;
    for (const form of more.flatMap(formsOf)) if (form !== '') known.add(form);
    if (known.size === before) return;
    // A secret may hold another: the longest goes first.
    const forms = [...known].sort((left, right) => right.length - left.length);
    wanted = anyOf(forms);
    written = forms.map(utf8AsLatin1);
  };
  const text = (plain: string): string => {
    const less = wanted === undefined ? plain : plain.replace(wanted, HIDDEN);
    return KEY_LOOKS.reduce((before, look) => before.replace(look, HIDDEN), less);
  };
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(json);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [text(name), hidden(name, field) ?? json(field)]),
    );
  };
  learn(secrets);
  return {
    learn,
    text,
    json,
    mask(bytes, unfinished) {
      maskBytes(bytes, written, unfinished);
    },
  };
}

function hidden(name: string, field: unknown): string | undefined {
  return typeof field === 'string' && field !== '' && SECRET_FIELD.test(name) ? HIDDEN : undefined;
}

/** How a secret may be written: as it is, in JSON, in JSON within JSON, in a URL. */
function formsOf(secret: string): string[] {
  // Half a character cannot stand in a URL.
  const whole = secret.replace(/\p{Surrogate}/gu, '');
  return [secret, escaped(secret), escaped(escaped(secret)), encodeURIComponent(whole)];
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A pattern that finds any of these texts. */
function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}
