/** Names of fields whose value is nobody's business. */
const SECRET_FIELD =
  /pass(word|phrase|wd|code)?$|secret|token$|api_?-?key|authorization|cookie|credential|private_?-?key/i;
/** Names of fields whose text is long and means nothing to a person. */
const OPAQUE_FIELD = /^data$|signature|encrypted/i;

/** Text that is a secret by its look: API keys, bearer tokens, JSON web tokens, passwords in a URL, private keys. */
const SECRET_TEXT =
  /\bsk-[\w-]{8,}|\b(?:ghp|gho|ghs|github_pat|xox[abps])[_-][\w-]{8,}|\bAKIA[0-9A-Z]{12,}|\bAIza[\w-]{20,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bBearer\s+[\w.~+/-]+=*|(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** A secret field written as text, such as JSON within a string or a query: the name stays, the value goes. */
const SECRET_ASSIGNMENT =
  /((?:password|passwd|secret|token|api[_-]?key|authorization|credential)s?\\*["']?\s*[:=]\s*\\*["']?)[^"'\\\s,;}&]+/gi;

const HIDDEN = '[hidden]';

/** The text with everything that looks like a secret hidden. */
export function redactText(text: string): string {
  return text.replace(SECRET_TEXT, HIDDEN).replace(SECRET_ASSIGNMENT, `$1${HIDDEN}`);
}

/** A value as JSON, for a person to read, with the values of secret fields and secret texts hidden. */
export function redactValue(value: unknown): string {
  try {
    const json: unknown = JSON.stringify(value, hideField);
    return typeof json === 'string' ? redactText(json) : `[${typeof value}]`;
  } catch {
    return `[${typeof value}]`;
  }
}

function hideField(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value == null || typeof value === 'boolean') return value;
  if (SECRET_FIELD.test(key)) return HIDDEN;
  return typeof value === 'string' && OPAQUE_FIELD.test(key) ? HIDDEN : value;
}
