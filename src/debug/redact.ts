import { isObject } from '../values/isObject.js';

const HIDDEN = '[hidden]';

/** Names of fields whose value is nobody's business. */
const SECRET_FIELD =
  /pass(word|phrase|wd|code)|^pass$|^pwd$|^pin$|secret|token|(api|access|account|private)[_-]?key|authorization|^auth$|cookie|credential|session[_-]?id/i;
/** Names of fields whose text is long and means nothing to a person. */
const OPAQUE_FIELD = /^data$|signature|encrypted/i;

/** Text that is a secret by its look. What may repeat in front of a fixed part is bounded: the text is a stranger's. */
const SECRET_TEXTS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Keys of Anthropic and OpenAI, of Stripe, GitHub, GitLab, npm, Slack, AWS and Google.
  /[rs]k[-_][\w-]{8,}|(?:gh[opsu]|github_pat|glpat|npm|hf|xox[abps])[_-][\w-]{8,}|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{20,}/g,
  // JSON web tokens and bearer tokens.
  /eyJ[\w-]{1,500}\.[\w-]+\.[\w-]*|\bbearer\s+[\w.~+/-]+=*/gi,
  // User and password, or a token, in a URL.
  /(?<=:\/\/)[^\s/]{1,500}(?=@)/g,
];
/** User and password of a command. */
const SECRET_LOGIN = /(\s-u\s+|--user[= ])[^\s:]{1,200}:\S+/g;
/** Headers in text, whose value goes on to the end of the line. */
const SECRET_HEADER = /((?:authorization|cookie)\s*:\s*)[^\r\n"']+/gi;
/** A secret field in text, such as a query, an environment or a piece of JSON: the name stays, the value goes. */
const SECRET_ASSIGNMENT =
  /((?:pass(?:word|phrase|wd|code)|\bpwd|\bsig|secret|token(?!s)|(?:api|access|account)[_-]?key|authorization|credential)\w{0,40}\\*["']?\s*[:=]\s*)(?:\\*"(?:[^"\\]|\\.)*\\*"?|'[^']*'?|[^\s,;}&"']+)/gi;

/** A text for a person to read, with everything in it that looks like a secret hidden. */
export function redactText(text: string): string {
  const structure = /^\s*[[{"]/.test(text) ? parsed(text) : undefined;
  return structure === undefined ? hide(text) : redactValue(structure);
}

/** A value as JSON, for a person to read, with the values of secret fields and secret texts hidden. */
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
  // A number of tokens is no secret, but a number as a password is.
  if (SECRET_FIELD.test(key) && !(typeof value === 'number' && /tokens$/i.test(key))) return HIDDEN;
  if (isSecretPair(value)) return [value[0], HIDDEN];
  if (typeof value !== 'string') return value;
  return OPAQUE_FIELD.test(key) ? HIDDEN : redactText(value);
}

function hide(text: string): string {
  return hideLooks(text)
    .replace(SECRET_LOGIN, `$1${HIDDEN}`)
    .replace(SECRET_HEADER, `$1${HIDDEN}`)
    .replace(SECRET_ASSIGNMENT, `$1${HIDDEN}`);
}

function hideLooks(text: string): string {
  return SECRET_TEXTS.reduce((before, secret) => before.replace(secret, HIDDEN), text);
}

/** A header as a pair of its name and value. */
function isSecretPair(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && SECRET_FIELD.test(value[0]);
}

/** The structure that a text holds as JSON, if it does. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) || typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
