/** What stands in place of a secret. */
export const HIDDEN = '[hidden]';

/** Text that is a secret by its look. What may repeat in front of a fixed part is bounded: the text is a stranger's. */
const SECRET_TEXTS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Keys of Anthropic and OpenAI, of Stripe, GitHub, GitLab, npm, Slack, AWS and Google.
  /[rs]k[-_][\w-]{8,}|(?:gh[opsu]|github_pat|glpat|npm|hf|xox[abps])[_-][\w-]{8,}|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{20,}/g,
  // JSON web tokens and bearer tokens.
  /eyJ[\w-]{1,500}\.[\w-]+\.[\w-]*|\bbearer\s+[\w.~+/-]+=*/gi,
  // User and password, or a token, in a URL.
  /(?<=:\/\/)[^\s/]{1,500}(?=@)/g,
  // What `fetch` says of a header's value that it refuses, such as a key with a line break at its end.
  /(?<=: ")[^"]{1,2000}(?=" is an invalid header value)/g,
];
/** User and password of a command. */
const SECRET_LOGIN = /(\s-u\s+|--user[= ])[^\s:]{1,200}:\S+/g;
/** Headers in text, whose value goes on to the end of the line. */
const SECRET_HEADER = /((?:authorization|cookie)\s*:\s*)[^\r\n"']+/gi;
/** A secret field in text, such as a query, an environment or a piece of JSON: the name stays, the value goes. */
const SECRET_ASSIGNMENT =
  /((?:pass(?:word|phrase|wd|code)|\bpwd|\bsig|secret|token(?!s)|(?:api|access|account)[_-]?key|authorization|credential)\w{0,40}\\*["']?\s*[:=]\s*)(?:\\*"(?:[^"\\]|\\.)*\\*"?|'[^']*'?|[^\s,;}&"']+)/gi;

/** A text with everything in it that looks like a secret hidden. */
export function hideSecrets(text: string): string {
  return hideLooks(text)
    .replace(SECRET_LOGIN, `$1${HIDDEN}`)
    .replace(SECRET_HEADER, `$1${HIDDEN}`)
    .replace(SECRET_ASSIGNMENT, `$1${HIDDEN}`);
}

/** A text with keys, tokens and logins hidden, by their looks alone. */
export function hideLooks(text: string): string {
  return SECRET_TEXTS.reduce((before, secret) => before.replace(secret, HIDDEN), text);
}
