import { isObject } from '../values/isObject.js';
import type { ClaudeClient, RequestOptions } from './ClaudeClient.js';
import { mergeHeaders } from './headers.js';
import { toClaudeApiError } from './response.js';

/** The version of the API that the SDK speaks, too. */
const VERSION = '2026-10-21';

/** What travels in headers, as with the SDK. */
interface HeaderParams {
  readonly betas?: readonly string[];
  readonly user_profile_id?: string | null;
  readonly workspace_id?: string | null;
}

/** The items of a list, and their JSON without the brackets. */
interface Written {
  readonly items: readonly unknown[];
  readonly text: string;
}

const NOTHING: Written = { items: [], text: '' };

/** Where requests go, and what they carry. */
export interface FetchClientOptions {
  /** Where the API is, or your own server in front of it. Default: `https://api.anthropic.com`. */
  readonly baseURL?: string;
  /** Sent as `x-api-key`. Leave it out in a browser, where anybody can read it: let your server add it. */
  readonly apiKey?: string;
  /**
   * More headers for every request, such as `authorization`. They go before those that are set here. Read once, when the
   * client is made; for one that changes, give `headers` with the request, or a `fetch` of your own.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** What sends the request. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/**
 * A client of a few lines over `fetch`, for a browser that should not load the SDK (85 kB, gzipped): all that
 * `claudeStream` and `converse` ask of a client.
 *
 * It sends a request once. What the SDK does beside that is not here: retries, timeouts, other ways to authenticate,
 * middleware, tracing. Put `timeoutGuard` after it; `converse` does.
 *
 * @param options `baseURL`, `apiKey`, `headers`, `fetch`.
 * @returns A client. Of the request options it takes `headers` and `signal`. `betas` go into their header, as with
 * `client.beta`. Its requests fail with `ClaudeApiError` when the API refuses them, and with the error of `fetch`
 * when they do not get there.
 * @example
 * ```ts
 * import { converse, fetchClient, textDeltas } from 'rxclaude';
 *
 * const client = fetchClient({ baseURL: '/api/claude' });
 *
 * converse(client, {
 *   model: 'claude-opus-5-5',
 *   max_tokens: 1024,
 *   messages: [{ role: 'user', content: 'Why is the sky blue?' }],
 * })
 *   .pipe(textDeltas())
 *   .subscribe((text) => console.log(text));
 * ```
 */
export function fetchClient(options: FetchClientOptions = {}): ClaudeClient {
  const { baseURL = 'https://api.anthropic.com', apiKey, headers, fetch: send = fetch } = options;
  const url = `${baseURL.replace(/\/+$/, '')}/v1/messages`;
  const own = { 'content-type': 'application/json', 'anthropic-version': VERSION, 'x-api-key': apiKey };
  const always = mergeHeaders(new Headers(), own, headers);
  const write = createBodyWriter();

  const create = async (params: object, { headers: more, signal }: RequestOptions = {}): Promise<Response> => {
    const { betas, user_profile_id, workspace_id, ...body } = params as HeaderParams;
    const response = await send(betas === undefined ? url : `${url}?beta=true`, {
      method: 'POST',
      headers: mergeHeaders(
        always,
        {
          'anthropic-beta': betas?.join(),
          'anthropic-user-profile-id': user_profile_id ?? undefined,
          'anthropic-workspace-id': workspace_id ?? undefined,
        },
        more,
      ),
      body: write(body),
      signal: signal ?? null,
    });
    if (response.ok) return response;
    throw toClaudeApiError(await response.text(), response.headers, response.status);
  };
  return { messages: { create } };
}

/**
 * Makes a function that writes the bodies of requests as `JSON.stringify` does. Of a list that begins as it did before,
 * such as the messages of a conversation, only what is new is written, as long as all of the items are frozen. What was
 * written is kept with the first item of the list, and is forgotten with it.
 */
function createBodyWriter(): (body: object) => string {
  const lists = new WeakMap<object, Written>();

  const write = (value: unknown): string | undefined => {
    const items: unknown[] = Array.isArray(value) ? [...(value as unknown[])] : [];
    const [first] = items;
    if (!isObject(first)) return JSON.stringify(value);
    const before = lists.get(first) ?? NOTHING;
    const known = before.items.every((item, index) => item === items[index]) ? before : NOTHING;
    const added = items.slice(known.items.length);
    const text = both(known.text, JSON.stringify(added).slice(1, -1));
    if (added.every(isFrozen)) lists.set(first, { items, text });
    return `[${text}]`;
  };

  return (body) => {
    let fields = '';
    for (const [name, value] of Object.entries(body)) {
      const text = write(value);
      if (text !== undefined) fields = both(fields, `${JSON.stringify(name)}:${text}`);
    }
    return `{${fields}}`;
  };
}

/** One text after the other. V8 copies neither until the whole is sent, where `join` would copy both each time. */
function both(before: string, after: string): string {
  return before && after ? `${before},${after}` : before || after;
}

/** Whether all of a value is frozen. What writes itself, such as a date, may change all the same. */
function isFrozen(value: unknown): boolean {
  if (!isObject(value)) return true;
  return Object.isFrozen(value) && !('toJSON' in value) && Object.values(value).every(isFrozen);
}
