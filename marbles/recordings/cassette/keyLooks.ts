/**
 * Text that is a key by its look, whoever's it is. Stricter than what `debugEvents` hides: a cassette must still hold
 * what was said, so "risk-assessment" and "bearer of news" are no keys.
 *
 * No pattern reaches over a quotation mark or a lone backslash, so that JSON stays JSON and events stay events when what it
 * finds is written over. What may repeat is bounded, or cannot begin anew within itself: the text is a stranger's.
 */
export const KEY_LOOKS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)(?:[^"\\]|\\{1,8}[nr])){0,20000}(?:-----END [A-Z ]{0,60}-----)?/g,
  // Anthropic's, whatever comes behind the prefix.
  /(?<![A-Za-z0-9])sk-ant-[\w-]{6,}/g,
  // OpenAI's, Stripe's and those that look like them: long, and with a digit.
  /(?<![A-Za-z0-9])[psr]k[-_](?=[A-Za-z_-]{0,100}\d)[\w-]{16,}/g,
  // GitHub, GitLab, npm, Hugging Face, Slack; AWS, Google.
  /(?<![A-Za-z0-9])(?:gh[oprsu]_|github_pat_|glpat-|npm_|hf_|xox[abeprs]-)(?=[A-Za-z_-]{0,100}\d)[\w-]{16,}/g,
  /(?<![A-Za-z0-9])(?:A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])|AIza[\w-]{30,})/g,
  // JSON web tokens; bearer tokens and logins of headers, which do not look like words.
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(?<=\b[Bb](?:earer|EARER) {1,4})(?:(?=[A-Za-z_.~+/-]{0,100}\d)[\w.~+/-]{8,}|[\w.~+/-]{24,})=*/g,
  /(?<=\b[Bb](?:asic|ASIC) {1,4})(?=[A-Za-z+/]{0,100}(?:[\d=]|[a-z][A-Z]))[\w+/]{12,}=*/g,
  // User and password in a URL.
  /(?<=:\/\/)[^\s/"\\@:]{1,200}:[^\s/"\\@]{1,200}(?=@)/g,
];

/** Names of headers, of fields and of parts of a query whose value is nobody's business. */
const NAMES = 'authorization|auth|token|key|secret|cookie|credentials?|passw(?:or)?d|password|session|signature|jwt';

/** Headers that carry a key and nothing else. */
const KEY_HEADER = /^(?:(?:proxy-)?authorization|(?:.*-)?api-?key)$/i;
/** Headers whose name says that they hold a secret, of whatever kind. */
const SECRET_HEADER = new RegExp(`(?:^|[-_])(?:x-)?(?:${NAMES})(?:$|[-_])|(?:${NAMES})$`, 'i');
/** Headers that everybody sends, and that look like keys at times. */
const OPEN_HEADER =
  /^(?:accept|content-|user-agent$|host$|origin$|referer$|anthropic-|x-stainless-|idempotency-key$|traceparent$|x-request-id$)/i;
/** A text without words: long, with letters and digits. */
const OPAQUE = /^(?=\S*\d)(?=\S*[a-z])[^\s:;,]{20,}$/i;

/** Shorter texts are no keys, and would be found in every other word. */
const SHORTEST_KEY = 6;
const SHORTEST_SECRET = 8;

/** The secret texts in a header: its whole value, without the scheme, and the parts of a cookie. None for most headers. */
export function secretsOfHeader(name: string, value: string): string[] {
  if (OPEN_HEADER.test(name)) return [];
  const isKey = KEY_HEADER.test(name);
  if (!isKey && !SECRET_HEADER.test(name) && !OPAQUE.test(value)) return [];
  const least = isKey ? SHORTEST_KEY : SHORTEST_SECRET;
  return partsOf(value).filter(({ length }) => length >= least);
}

/** The secret texts in a query. */
export function secretsOfQuery(query: URLSearchParams): string[] {
  return [...query].flatMap(([name, value]) => (name !== 'beta' && value.length >= SHORTEST_SECRET ? [value] : []));
}

/** The secret texts in the value of a secret field that holds a key. */
export function secretsOfField(value: string): string[] {
  return partsOf(value).filter(({ length }) => length >= SHORTEST_KEY);
}

/** Names of fields whose text is hidden wherever they stand in a request. */
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
