import type * as t from 'io-ts';
import { optionError } from '../errors/failures.js';
import { checkLength } from './checkLength.js';
import { createTextCodec, type CheckedText } from './createTextCodec.js';
import { hostMatcher } from './hostMatcher.js';
import { isPrivateHost } from './isPrivateHost.js';
import { refuse } from './refuse.js';
import { unsafeCharacter } from './unsafeCharacter.js';

/** Which URLs are allowed. */
export interface AllowedUrlOptions {
  /** The schemes, without colons: any of `https`, `http`, `wss`, `ws` and `ftp`. Default: only `https`. */
  readonly schemes?: readonly string[];
  /**
   * The hosts: exact ones, or `*.example.com` for any name below `example.com`, but not `example.com` itself. Default:
   * any.
   */
  readonly hosts?: readonly string[];
  /** The ports that a URL may name, besides the scheme's own. Default: none. */
  readonly ports?: readonly number[];
  /** Whether private addresses and local names are allowed too; if so, set `hosts`. Default: false. */
  readonly allowPrivate?: boolean;
  /** The most characters a URL may have, in UTF-16 units. Default: 2048. */
  readonly maxChars?: number;
}

/** The schemes whose hosts `URL` normalizes; with any other, `0x7f.1` would not be recognized. */
const SCHEMES: readonly unknown[] = ['https', 'http', 'wss', 'ws', 'ftp'];
/** The written form of a URL. A parser alone would also accept `https:example.com` and the like. */
const PATTERN = '^[A-Za-z]+://[^\\s\\\\/?#][^\\s\\\\]*$';
const FORM = new RegExp(PATTERN, 'u');
const UNSAFE = 'spaces, backslashes, control or invisible characters';
/** How many hosts are shown to Claude. */
const MOST_HOSTS = 20;

/**
 * A codec of absolute URLs that may be fetched. `run` gets the URL's `href`: the host in lower case and ASCII, an
 * address in its normal form, everything else escaped. Fetch that.
 *
 * It refuses other schemes, hosts and ports; user names and passwords; hosts that end in a dot; and spaces,
 * backslashes, control and invisible characters, which URL parsers drop or change. Unless `allowPrivate` is set, also:
 *
 * - IPv4 addresses in any spelling that are not public: loopback, private, link-local with the clouds' metadata,
 *   carrier-grade NAT, multicast, documentation, reserved; and Azure's 168.63.129.16;
 * - IPv6 addresses outside 2000::/3, and inside it documentation, Teredo and 6to4: so all that embed an IPv4 address;
 * - names without a dot, and below `localhost`, `local`, `localdomain`, `internal`, `lan`, `home`, `home.arpa`, `corp`,
 *   `intranet`, `private` and `svc`.
 *
 * Gotcha: only the URL is checked. A public name can resolve to a private address, now or at the next look-up, and an
 * allowed page can redirect to a URL that is not allowed. Fetch with `redirect: 'manual'` and decode each target too;
 * against DNS, check the address when connecting (`lookup` of Node's agents), or use a proxy that does.
 *
 * @returns A codec from a URL, written as a string, to its `href`.
 * @throws OptionError when an option is invalid, or when `hosts` names a private host without `allowPrivate`.
 * @example
 * ```ts
 * import { defineTool } from 'rxclaude';
 * import { allowedUrl } from 'rxclaude/codecs';
 * import * as t from 'io-ts';
 *
 * const readPage = defineTool({
 *   name: 'read_page',
 *   description: 'Reads a page of the manual.',
 *   input: t.type({ url: allowedUrl({ hosts: ['docs.example.com', '*.wiki.example.com'] }) }),
 *   run: async ({ url }, { signal }) => {
 *     const response = await fetch(url, { signal, redirect: 'error' });
 *     return response.text();
 *   },
 * });
 * ```
 */
export function allowedUrl(options: AllowedUrlOptions = {}): t.Type<string> {
  const { schemes = ['https'], hosts, ports = [], allowPrivate = false, maxChars = 2048 } = options;
  checkSchemes(schemes);
  checkPorts(ports);
  checkLength('allowedUrl.maxChars', maxChars);
  const problems = problemsOf({ schemes, hosts, ports, allowPrivate });
  return createTextCodec({
    name: 'an allowed URL',
    schema: {
      type: 'string',
      description: `An absolute URL that begins with ${startOf(schemes)}, on ${placeOf(hosts, allowPrivate)}.`,
      maxLength: maxChars,
      pattern: PATTERN,
    },
    check(text): CheckedText {
      if (text.length > maxChars) return refuse(tooLong(maxChars));
      if (/[\s\\]/.test(text) || unsafeCharacter(text) !== undefined) return refuse(`a URL without ${UNSAFE}`);
      const url = FORM.test(text) ? parse(text) : undefined;
      if (url === undefined) return refuse(`a well-formed URL that begins with ${startOf(schemes)}`);
      const expected = problems.find(([holds]) => holds(url, text))?.[1];
      if (expected !== undefined) return refuse(`a URL ${expected}`);
      return url.href.length > maxChars ? refuse(tooLong(maxChars)) : { _tag: 'Right', right: url.href };
    },
  });
}

type Problem = readonly [holds: (url: URL, written: string) => boolean, expected: string];

type Allowed = Required<Pick<AllowedUrlOptions, 'schemes' | 'ports' | 'allowPrivate'>> &
  Readonly<Record<'hosts', readonly string[] | undefined>>;

/** What can be wrong with a URL, and what was expected. The first that applies is reported. */
function problemsOf({ schemes, hosts, ports, allowPrivate }: Allowed): readonly Problem[] {
  const protocols = new Set(schemes.map((scheme) => `${scheme}:`));
  const allowedPorts = new Set(['', ...ports.map(String)]);
  const isListed = hosts === undefined ? () => true : hostMatcher(hosts, allowPrivate);
  const other = ports.length === 0 ? 'a port' : `any port but ${ports.join(', ')}`;
  return [
    [({ protocol }) => !protocols.has(protocol), `that begins with ${startOf(schemes)}`],
    // Finds empty ones too, which a `URL` does not show.
    [(_, written) => /^[^/]*\/\/[^/?#]*@/.test(written), 'without a user name or a password'],
    [({ hostname }) => hostname.endsWith('.'), 'whose host does not end in a dot'],
    [({ hostname }) => !isListed(hostname), `on ${placeOf(hosts, allowPrivate)}`],
    [({ hostname }) => !allowPrivate && isPrivateHost(hostname), `on ${placeOf(undefined, allowPrivate)}`],
    [({ port }) => !allowedPorts.has(port), `without ${other}`],
  ];
}

function startOf(schemes: readonly string[]): string {
  return schemes.map((scheme) => `${scheme}://`).join(' or ');
}

function placeOf(hosts: readonly string[] | undefined, allowPrivate: boolean): string {
  if (hosts === undefined) return allowPrivate ? 'any host' : 'a public host, not a private address or local name';
  const more = hosts.length > MOST_HOSTS ? ` and ${String(hosts.length - MOST_HOSTS)} more` : '';
  return `one of these hosts: ${hosts.slice(0, MOST_HOSTS).join(', ')}${more}`;
}

function tooLong(maxChars: number): string {
  return `a URL of at most ${String(maxChars)} characters`;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function checkSchemes(schemes: unknown): void {
  if (Array.isArray(schemes) && schemes.length > 0 && schemes.every((scheme) => SCHEMES.includes(scheme))) return;
  throw optionError('allowedUrl.schemes', `a list of some of ${SCHEMES.join(', ')}`, schemes);
}

function checkPorts(ports: unknown): void {
  if (Array.isArray(ports) && ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535)) return;
  throw optionError('allowedUrl.ports', 'a list of whole numbers from 1 to 65535', ports);
}
