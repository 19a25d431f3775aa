import type { RxClaudeError } from '../errors/RxClaudeError.js';
import { optionError } from '../errors/failures.js';
import { isPrivateHost } from './isPrivateHost.js';

/** A name, an IPv4 address or an IPv6 address in brackets; with `*.` in front, all names below it. */
const HOST = /^(\*\.)?([^\s*/\\?#@:[\]]+|\[[\da-f:.]+\])$/i;

/**
 * Makes a test of a URL's `hostname` against a list of hosts; `*.example.com` means any name below `example.com`.
 *
 * @throws OptionError when the list is empty, or holds something that is not a host or a private one without
 * `allowPrivate`.
 */
export function hostMatcher(hosts: readonly string[], allowPrivate: boolean): (host: string) => boolean {
  checkList(hosts);
  const names = hosts.map((entry) => normalised(entry, allowPrivate));
  const exact = new Set(names);
  const ends = names.flatMap((name) => (name.startsWith('*') ? name.slice(1) : []));
  return (host) => exact.has(host) || ends.some((end) => host.endsWith(end) && host.length > end.length);
}

function checkList(hosts: unknown): void {
  if (!Array.isArray(hosts) || hosts.length === 0) throw notHosts(hosts);
}

/** The host as a URL has it: in lower case and ASCII, an address in its normal form. */
function normalised(entry: string, allowPrivate: boolean): string {
  const [, star = '', name = ''] = HOST.exec(entry) ?? [];
  const host = hostOf(name);
  if (host === undefined || host.endsWith('.')) throw notHosts(entry);
  if (!allowPrivate && isPrivateHost(star === '' ? host : `any.${host}`)) {
    throw optionError('allowedUrl.hosts', `public hosts, unless \`allowPrivate\` is true`, entry);
  }
  return star === '' ? host : `*.${host}`;
}

function hostOf(name: string): string | undefined {
  try {
    return new URL(`https://${name}/`).hostname;
  } catch {
    return undefined;
  }
}

function notHosts(found: unknown): RxClaudeError<'OptionError'> {
  return optionError('allowedUrl.hosts', 'a list of hosts such as `example.com` or `*.example.com`', found);
}
