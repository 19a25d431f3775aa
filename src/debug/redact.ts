import { HIDDEN, hideLooks, hideSecrets } from '../values/hideSecrets.js';
import { isObject } from '../values/isObject.js';

/** Names of fields whose value is secret. */
const SECRET_FIELD =
  /pass(word|phrase|wd|code)|^pass$|^pwd$|^pin$|secret|token|(api|access|account|private)[_-]?key|authorization|^auth$|cookie|credential|session[_-]?id/i;
/** Names of fields whose text is long and unreadable. */
const OPAQUE_FIELD = /^data$|signature|encrypted/i;

/** A text for a person, with everything that looks like a secret hidden. */
export function redactText(text: string): string {
  const structure = /^\s*[[{"]/.test(text) ? parsed(text) : undefined;
  return structure === undefined ? hideSecrets(text) : redactValue(structure);
}

/** A value as JSON for a person, with secret fields and secret texts hidden. */
export function redactValue(value: unknown): string {
  try {
    const json: unknown = JSON.stringify(value, hideField);
    return typeof json === 'string' ? hideLooks(json) : `[${typeof value}]`;
  } catch {
    return `[${typeof value}]`;
  }
}

function hideField(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value == null || typeof value === 'boolean') return value;
  // A count of tokens is not secret, but a numeric password is.
  if (SECRET_FIELD.test(key) && !(typeof value === 'number' && /tokens$/i.test(key))) return HIDDEN;
  if (isSecretPair(value)) return [value[0], HIDDEN];
  if (typeof value !== 'string') return value;
  return OPAQUE_FIELD.test(key) ? HIDDEN : redactText(value);
}

/** A header as a pair of name and value. */
function isSecretPair(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && SECRET_FIELD.test(value[0]);
}

/** The object, array or string that a text holds as JSON, if any. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) || typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
