/**
 * IPv4 addresses that are not on the public internet, as IANA lists them: unspecified, private, carrier-grade NAT,
 * loopback, link-local (where clouds keep their metadata), protocol assignments, documentation, 6to4 relays,
 * benchmarks, multicast, reserved and broadcast. The last one is Azure's own, reachable from all of its machines.
 */
const PRIVATE_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
].map(toRange);

/** All public IPv6 addresses... */
const PUBLIC_V6 = toRange('2000::/3');
/** ...except protocol assignments (with Teredo), documentation, and 6to4, which reaches any IPv4 address. */
const PRIVATE_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(toRange);

/** Endings of names that resolve only inside a machine, a network or a cluster, or not at all. */
const PRIVATE_ENDS = new Set(
  'localhost local localdomain localdomain4 localdomain6 internal lan home corp intranet private svc'.split(' '),
);

interface Range {
  /** The first 32 bits. */
  readonly start: number;
  /** How many of them are compared. */
  readonly bits: number;
}

/**
 * Tells whether a host is a private address or a local name: one without a dot, `*.local`, `*.internal` and so on. An
 * IPv6 address that embeds an IPv4 address counts as private.
 *
 * @param host The `hostname` of a `URL` with a scheme such as `https`, which normalizes addresses.
 */
export function isPrivateHost(host: string): boolean {
  if (host.startsWith('[')) {
    const address = firstBits(host.slice(1, -1));
    return !isIn(address, PUBLIC_V6) || PRIVATE_V6.some((range) => isIn(address, range));
  }
  if (/^[\d.]+$/.test(host)) return PRIVATE_V4.some((range) => isIn(firstBits(host), range));
  const labels = host.split('.');
  return labels.length < 2 || PRIVATE_ENDS.has(labels.at(-1) ?? '') || host.endsWith('.home.arpa');
}

/** The first 32 bits of an address; `::` within them stands for zeros. */
function firstBits(address: string): number {
  if (address.includes(':')) {
    const [high = 0, low = 0] = address.split(':').map((part) => parseInt(part || '0', 16));
    return high * 0x10000 + low;
  }
  return address.split('.').reduce((bits, part) => bits * 256 + Number(part), 0);
}

function toRange(cidr: string): Range {
  const [address = '', bits] = cidr.split('/');
  return { start: firstBits(address), bits: Number(bits) };
}

function isIn(address: number, { start, bits }: Range): boolean {
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === start / size;
}
