/**
 * Text that looks like a key. Stricter than what `debugEvents` hides: a cassette must keep what was said, so
 * "risk-assessment" and "bearer of news" are not keys.
 *
 * No pattern crosses a quotation mark or a lone backslash, so JSON stays JSON and events stay events when a match is
 * overwritten. Repeats are bounded, or cannot start inside themselves: the text may be hostile.
 */
export const KEY_LOOKS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)(?:[^"\\]|\\{1,8}[nr])){0,20000}(?:-----END [A-Z ]{0,60}-----)?/g,
  // Anthropic's, with anything after the prefix.
  /(?<![A-Za-z0-9])sk-ant-[\w-]{6,}/g,
  // OpenAI's, Stripe's and similar ones: long, with a digit.
  /(?<![A-Za-z0-9])[psr]k[-_](?=[A-Za-z_-]{0,100}\d)[\w-]{16,}/g,
  // GitHub, GitLab, npm, Hugging Face, Slack; AWS, Google.
  /(?<![A-Za-z0-9])(?:gh[oprsu]_|github_pat_|glpat-|npm_|hf_|xox[abeprs]-)(?=[A-Za-z_-]{0,100}\d)[\w-]{16,}/g,
  /(?<![A-Za-z0-9])(?:A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])|AIza[\w-]{30,})/g,
  // JSON web tokens; bearer tokens and logins of headers that do not look like words.
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(?<=\b[Bb](?:earer|EARER) {1,4})(?:(?=[A-Za-z_.~+/-]{0,100}\d)[\w.~+/-]{8,}|[\w.~+/-]{24,})=*/g,
  /(?<=\b[Bb](?:asic|ASIC) {1,4})(?=[A-Za-z+/]{0,100}(?:[\d=]|[a-z][A-Z]))[\w+/]{12,}=*/g,
  // User and password in a URL.
  /(?<=:\/\/)[^\s/"\\@:]{1,200}:[^\s/"\\@]{1,200}(?=@)/g,
];

/** Names of headers, fields and query parameters with a secret value. */
const NAMES = 'authorization|auth|token|key|secret|cookie|credentials?|passw(?:or)?d|password|session|signature|jwt';

/** Headers whose whole value is a key. */
const KEY_HEADER = /^(?:(?:proxy-)?authorization|(?:.*-)?api-?key)$/i;
/** Headers whose name says that they carry a secret. */
const SECRET_HEADER = new RegExp(`(?:^|[-_])(?:x-)?(?:${NAMES})(?:$|[-_])|(?:${NAMES})$`, 'i');
/** Common headers that may look like keys. */
const OPEN_HEADER =
  /^(?:accept|content-|user-agent$|host$|origin$|referer$|anthropic-|x-stainless-|idempotency-key$|traceparent$|x-request-id$)/i;
/** Text without words: long, with letters and digits. */
const OPAQUE = /^(?=\S*\d)(?=\S*[a-z])[^\s:;,]{20,}$/i;

/** The shortest key. Shorter texts would match in many words. */
const SHORTEST_KEY = 6;
const SHORTEST_SECRET = 8;

/** The secrets in a header: its value without the scheme, or the values of a cookie. Most headers have none. */
export function secretsOfHeader(name: string, value: string): string[] {
  if (OPEN_HEADER.test(name)) return [];
  const isKey = KEY_HEADER.test(name);
  if (!isKey && !SECRET_HEADER.test(name) && !OPAQUE.test(value)) return [];
  const least = isKey ? SHORTEST_KEY : SHORTEST_SECRET;
  return partsOf(value).filter(({ length }) => length >= least);
}

/** The secrets in a query. */
export function secretsOfQuery(query: URLSearchParams): string[] {
  return [...query].flatMap(([name, value]) => (name !== 'beta' && value.length >= SHORTEST_SECRET ? [value] : []));
}

/** The secrets in the value of a field that carries a key. */
export function secretsOfField(value: string): string[] {
  return partsOf(value).filter(({ length }) => length >= SHORTEST_KEY);
}

/** Names of fields whose text is hidden anywhere in a request. */
export const SECRET_FIELD =
  /^(?:[\w-]*[_-])?(?:authorization(?:[_-]?token)?|(?:auth|access|refresh|bearer|id)[_-]?token|(?:x-)?(?:api|access|private|secret)[_-]?key|(?:client[_-]?)?secret|passw(?:or)?d|credentials?|cookie)$/i;

function partsOf(value: string): string[] {
  const whole = value.trim();
  const token = /^[\w-]{2,20} +(\S+)$/.exec(whole)?.[1];
  const cookies = whole.split(/; */).map((pair) => pair.slice(pair.indexOf('=') + 1));
  return [
    whole,
    ...(token === undefined ? [] : [token]),
    ...(cookies.length > 1 || token === undefined ? cookies : []),
  ];
}
