/** Replaces a secret. */
export const HIDDEN = '[hidden]';

/** Text that looks like a secret. Repeats before a fixed part are bounded, because the text is untrusted. */
const SECRET_TEXTS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Keys of Anthropic, OpenAI, Stripe, GitHub, GitLab, npm, Slack, AWS and Google.
  /[rs]k[-_][\w-]{8,}|(?:gh[opsu]|github_pat|glpat|npm|hf|xox[abps])[_-][\w-]{8,}|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{20,}/g,
  // JSON web tokens and bearer tokens.
  /eyJ[\w-]{1,500}\.[\w-]+\.[\w-]*|\bbearer\s+[\w.~+/-]+=*/gi,
  // A user name and password, or a token, in a URL.
  /(?<=:\/\/)[^\s/]{1,500}(?=@)/g,
  // The header value that `fetch` quotes when it refuses it, such as a key that ends in a line break.
  /(?<=: ")[^"]{1,2000}(?=" is an invalid header value)/g,
];
/** A user name and password in a command. */
const SECRET_LOGIN = /(\s-u\s+|--user[= ])[^\s:]{1,200}:\S+/g;
/** A header in text; its value ends with the line. */
const SECRET_HEADER = /((?:authorization|cookie)\s*:\s*)[^\r\n"']+/gi;
/** A secret field in text, such as a query, an environment or JSON: the name stays, the value is hidden. */
const SECRET_ASSIGNMENT =
  /((?:pass(?:word|phrase|wd|code)|\bpwd|\bsig|secret|token(?!s)|(?:api|access|account)[_-]?key|authorization|credential)\w{0,40}\\*["']?\s*[:=]\s*)(?:\\*"(?:[^"\\]|\\.)*\\*"?|'[^']*'?|[^\s,;}&"']+)/gi;

/** Hides everything in a text that looks like a secret. */
export function hideSecrets(text: string): string {
  return hideLooks(text)
    .replace(SECRET_LOGIN, `$1${HIDDEN}`)
    .replace(SECRET_HEADER, `$1${HIDDEN}`)
    .replace(SECRET_ASSIGNMENT, `$1${HIDDEN}`);
}

/** Hides keys, tokens and logins in a text, by their form alone. */
export function hideLooks(text: string): string {
  return SECRET_TEXTS.reduce((before, secret) => before.replace(secret, HIDDEN), text);
}
