import { RxClaudeError } from 'rxclaude';
import { oneLine } from './text.js';

/** What the program was doing, to say what to do now. */
export interface Situation {
  readonly model: string;
  /** The address of the API. */
  readonly baseURL: string;
  /** What must never appear in the output. */
  readonly secrets: readonly (string | undefined)[];
}

/** One line for the user: what went wrong, and what to do about it. */
export function errorLine(error: unknown, situation: Situation): string {
  return oneLine(redact(describe(error, situation), situation));
}

function describe(error: unknown, { model, baseURL }: Situation): string {
  const { status, name, headers } = factsOf(error);
  const said = saidBy(error);
  if (RxClaudeError.is(error)) {
    return error._tag === 'TimeoutGuardError'
      ? `Claude was silent for too long. ${error.message} Check the network, or try again.`
      : `${error.message} (${error._tag})`;
  }
  switch (status) {
    case undefined:
      return describeConnection(error, baseURL) ?? describeByType(error) ?? `Something unexpected failed: ${said}`;
    case 400:
      return `The API refused the request (400): ${said}`;
    case 401:
      return `The API key is not valid (401). Check ANTHROPIC_API_KEY, or unset it to talk to the stand-in.`;
    case 403:
      return `The API key may not do this (403): ${said}`;
    case 404:
      return `There is no model "${model}" at ${hostOf(baseURL)} (404). Check ANTHROPIC_MODEL and ANTHROPIC_BASE_URL.`;
    case 429: {
      const wait = headers?.get('retry-after');
      const when = wait == null ? 'Wait a minute' : `Wait ${wait} seconds`;
      return `Too many requests (429). ${when} and try again. The API says: ${said}`;
    }
    default:
      if (typeof status === 'number' && status >= 500) return overloaded(status);
      return `The API refused the request (${String(status)}${name === undefined ? '' : `, ${name}`}): ${said}`;
  }
}

/** An error in the middle of a stream has a type and no status. */
function describeByType(error: unknown): string | undefined {
  const { type } = factsOf(error);
  if (type === 'overloaded_error' || type === 'api_error') return overloaded(type);
  if (type === 'rate_limit_error') return `Too many requests (${type}). Wait a minute and try again.`;
  return typeof type === 'string' ? `The API broke off (${type}): ${saidBy(error)}` : undefined;
}

function overloaded(what: string | number): string {
  return `Claude cannot answer right now (${String(what)}). Wait a moment and try again.`;
}

function describeConnection(error: unknown, baseURL: string): string | undefined {
  const host = hostOf(baseURL);
  const codes = causesOf(error).map((cause) => factsOf(cause).code);
  if (codes.includes('ECONNREFUSED'))
    return `Nothing answers at ${host}: connection refused. Check ANTHROPIC_BASE_URL.`;
  if (codes.includes('ENOTFOUND') || codes.includes('EAI_AGAIN')) {
    return `The address of ${host} could not be found. Check the network and ANTHROPIC_BASE_URL.`;
  }
  if (causesOf(error).some((cause) => /header value|ByteString/u.test(saidBy(cause)))) {
    return 'ANTHROPIC_API_KEY holds a character that no key has, such as a line break. Copy it again.';
  }
  if (codes.includes('ERR_INVALID_URL')) return 'ANTHROPIC_BASE_URL is no URL. An example: https://api.anthropic.com';
  const names = causesOf(error).map((cause) => factsOf(cause).name);
  if (!names.some((name) => name === 'APIConnectionError' || name === 'APIConnectionTimeoutError')) return undefined;
  const reason = causesOf(error).at(-1);
  return `The connection to ${host} failed: ${saidBy(reason)}. Check the network and ANTHROPIC_BASE_URL.`;
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let cause = error; cause != null && causes.length < 10; cause = factsOf(cause).cause) causes.push(cause);
  return causes;
}

interface Facts {
  readonly name?: string;
  readonly status?: unknown;
  readonly type?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly apiMessage?: unknown;
  readonly headers?: Headers;
}

/** Errors are told apart by their fields: there may be several copies of a class. */
function factsOf(error: unknown): Facts {
  return typeof error === 'object' && error !== null ? error : {};
}

function saidBy(error: unknown): string {
  const { apiMessage } = factsOf(error);
  if (typeof apiMessage === 'string') return apiMessage;
  return error instanceof Error ? error.message : String(error);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function redact(text: string, { secrets }: Situation): string {
  return secrets
    .map((secret) => secret?.trim() ?? '')
    .filter((secret) => secret.length > 3)
    .reduce((shown, secret) => shown.replaceAll(secret, '[key]'), text)
    .replace(/sk-ant-[\w-]+/gu, '[key]')
    .replace(/\/\/[^/\s@]*@/gu, '//');
}
