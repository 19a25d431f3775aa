import { allowedUrl, type AllowedUrlOptions } from '../../../src/codecs/allowedUrl.js';
import { decodedBy, refusalBy, schemaOf, validatorOf } from './support.js';
import { tagged } from '../../support/errors.js';

const web = allowedUrl({ schemes: ['https', 'http'] });

describe('allowedUrl', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['https://example.com/a/b?c=d#e', 'https://example.com/a/b?c=d#e'],
    ['HTTPS://Example.COM/A', 'https://example.com/A'],
    ['https://example.com:443/', 'https://example.com/'],
    ['https://example.com/a/../b', 'https://example.com/b'],
    ['https://example.com/user@host', 'https://example.com/user@host'],
    ['https://example.com?a@b', 'https://example.com/?a@b'],
    ['https://münchen.example/ü', 'https://xn--mnchen-3ya.example/%C3%BC'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://172.15.255.255/', 'https://172.15.255.255/'],
    ['https://172.32.0.1/', 'https://172.32.0.1/'],
    ['https://100.63.255.255/', 'https://100.63.255.255/'],
    ['https://100.128.0.1/', 'https://100.128.0.1/'],
    ['https://11.0.0.1/', 'https://11.0.0.1/'],
    ['https://223.255.255.255/', 'https://223.255.255.255/'],
    ['https://[2606:4700:4700::1111]/', 'https://[2606:4700:4700::1111]/'],
    ['https://[2A00:1450:0:0:0:0:0:1]/', 'https://[2a00:1450::1]/'],
    ['https://[2003::1]/', 'https://[2003::1]/'],
    ['https://localhost.example.com/', 'https://localhost.example.com/'],
    ['https://10.example.com/', 'https://10.example.com/'],
    ['https://127.0.0.1.example.com/', 'https://127.0.0.1.example.com/'],
    ['https://example.com/http://127.0.0.1/', 'https://example.com/http://127.0.0.1/'],
  ])('takes %s', (text, href) => {
    const codec = allowedUrl();
    expect(decodedBy(codec, text)).toBe(href);
    expect(validatorOf(codec)(text)).toBe(true);
    expect(decodedBy(codec, href)).toBe(href);
    expect(codec.is(href)).toBe(true);
    expect(codec.is(text)).toBe(text === href);
  });

  it.each([
    '',
    'example.com',
    '/a/b',
    '//example.com/',
    '?a',
    'https:',
    'https:example.com',
    'https:/example.com',
    'https:///example.com',
    'https://',
    'https://?a',
    'https://#a',
    'ftp://example.com/',
    'file:///etc/passwd',
    'file://example.com/etc/passwd',
    'javascript:alert(1)',
    'javascript://example.com/%0Aalert(1)',
    'data:text/html,x',
    'data://example.com/x',
    'blob:https://example.com/x',
    'view-source:https://example.com/',
    'ws://example.com/',
    'gopher://example.com:70/_x',
    'dict://example.com:11211/',
    'jar:https://example.com!/',
    'https+unix://example.com/',
    'xhttps://example.com/',
    'url:https://example.com/',
  ])('refuses %p, which has another form or scheme', (text) => {
    expect(refusalBy(web, text)).toMatch(/^expected a (well-formed )?URL that begins with https:\/\/ or http:\/\/$/);
  });

  it.each([
    'https://user@example.com/',
    'https://user:password@example.com/',
    'https://:password@example.com/',
    'https://@example.com/',
    'https://:@example.com/',
    'https://example.com@evil.org/',
    'https://example.com:443@evil.org/',
    'https://a@b@example.com/',
    'https://example.com%2F@evil.org/',
  ])('refuses %s, which has a user', (text) => {
    expect(refusalBy(web, text)).toBe('expected a URL without a user name or a password');
  });

  it.each([
    ' https://example.com/',
    'https://example.com/ ',
    'https://example.com/a b',
    'https://exa\tmple.com/',
    'https://exa\nmple.com/',
    'https://example.com/\r\nHost: evil.org',
    'ht\ntps://example.com/',
    'https://example.com/\0',
    '\u0001https://example.com/',
    'https:\\\\example.com\\',
    'https://example.com\\@evil.org/',
    'https://evil.org\\.example.com/',
    'https://example.com/\u202Efdp',
    'https://exam\u200Bple.com/',
    'https://example.com/\u00A0',
    'https://example.com/\u3000',
    'https://example.com/\u2028',
    '\uFEFFhttps://example.com/',
    'https://example.com/\uD800',
    'https://example.com/\u007F',
    'https://example.com/\u0085',
  ])('refuses %j, parts of which a parser drops or changes', (text) => {
    expect(refusalBy(web, text)).toBe('expected a URL without spaces, backslashes, control or invisible characters');
  });

  describe('private hosts', () => {
    it.each([
      // Loopback, however it is written.
      '127.0.0.1',
      '127.1',
      '127.0.1',
      '127.255.255.254',
      '2130706433',
      '0x7f000001',
      '0X7F.1',
      '017700000001',
      '0177.0.0.1',
      '0x7f.0x0.0x0.0x1',
      '00000177.0.0.1',
      '127.0.0.1.',
      '１２７.0.0.1',
      '①②⑦.0.0.1',
      '127。0。0。1',
      '127%2E0%2E0%2E1',
      '%31%32%37.0.0.1',
      // Unspecified, private, carrier's, link-local.
      '0',
      '0.0.0.0',
      '0.1.2.3',
      '0x0',
      '10.0.0.1',
      '10.255.255.255',
      '012.0.0.1',
      '167772161',
      '100.64.0.1',
      '100.100.100.200',
      '100.127.255.255',
      '169.254.169.254',
      '169.254.0.0',
      '0xa9fea9fe',
      '2852039166',
      '0251.0376.0251.0376',
      '169.16689662',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
      '192.168.255.255',
      '0xc0a80001',
      // Protocols', documentation, relays, benchmarks, multicast, reserved, broadcast, Azure's.
      '192.0.0.1',
      '192.0.0.192',
      '192.0.2.1',
      '192.88.99.1',
      '198.18.0.1',
      '198.19.255.255',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '239.255.255.255',
      '240.0.0.1',
      '255.255.255.255',
      '4294967295',
      '168.63.129.16',
      // IPv6.
      '[::]',
      '[::1]',
      '[0:0:0:0:0:0:0:1]',
      '[0000::0001]',
      '[::127.0.0.1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::FFFF:10.0.0.1]',
      '[0:0:0:0:0:ffff:a9fe:a9fe]',
      '[::ffff:8.8.8.8]',
      '[::ffff:0:127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[64:ff9b::10.0.0.1]',
      '[64:ff9b:1::1]',
      '[100::1]',
      '[fc00::1]',
      '[fd00:ec2::254]',
      '[fdff:ffff::1]',
      '[fe80::1]',
      '[febf::1]',
      '[fec0::1]',
      '[ff02::1]',
      '[ff0e::1]',
      '[5f00::1]',
      '[2001::1]',
      '[2001:0:7f00:1::]',
      '[2001:1ff::1]',
      '[2001:2::1]',
      '[2001:10::1]',
      '[2001:20::1]',
      '[2001:db8::1]',
      '[2001:DB8:0:0:0:0:0:1]',
      '[2002:7f00:1::]',
      '[2002:a9fe:a9fe::1]',
      '[3fff::1]',
      '[4000::1]',
      '[1fff::1]',
      // Names.
      'localhost',
      'LOCALHOST',
      'LocalHost',
      'ｌocalhost',
      '%6cocalhost',
      'local\u00ADhost',
      'a.localhost',
      'a.b.localhost',
      'localhost.localdomain',
      'localhost4.localdomain4',
      'localhost6.localdomain6',
      'printer.local',
      'metadata.google.internal',
      'METADATA.GOOGLE.INTERNAL',
      'metadata.google。internal',
      'instance-data.ec2.internal',
      'host.docker.internal',
      'router.home.arpa',
      'nas.home',
      'nas.lan',
      'wiki.corp',
      'wiki.intranet',
      'wiki.private',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      'intranet',
      'metadata',
      'com',
      'xn--mnchen-3ya',
    ])('refuses %s unless it is asked for', (host) => {
      for (const port of ['', ':443']) {
        const text = `https://${host}${port}/latest/meta-data`;
        expect(refusalBy(web, text)).toMatch(
          /^expected a URL (on a public host, not a private address|whose host does not)/,
        );
        expect(web.is(text)).toBe(false);
      }
      const any = allowedUrl({ allowPrivate: true });
      if (!host.endsWith('.')) expect(decodedBy(any, `https://${host}/`)).toBe(new URL(`https://${host}/`).href);
    });

    it.each(['example.com.', 'localhost.', 'localhost..', 'metadata.google.internal.', 'example.com。'])(
      'refuses %s, which ends in a dot, even if private hosts are allowed',
      (host) => {
        for (const codec of [web, allowedUrl({ allowPrivate: true })])
          expect(refusalBy(codec, `https://${host}/`)).toBe('expected a URL whose host does not end in a dot');
      },
    );

    it.each([
      'https://[::1/',
      'https://[fe80::1%25eth0]/',
      'https://[fe80::1%eth0]/',
      'https://256.0.0.1/',
      'https://1.2.3.4.5/',
      'https://0x7f.0.0.0.1/',
      'https://4294967296/',
      'https://999999999999/',
      'https://127.0.0.0x100/',
      'https://exa%00mple.com/',
      'https://exam<ple.com/',
      'https://exam%25ple.com/',
      'https://xn--/',
      'https://example.com:99999/',
      'https://example.com:a/',
      'https://[example.com]/',
      'https://\u00AD/',
    ])('refuses %s, which is no URL', (text) => {
      expect(refusalBy(web, text)).toMatch(/^expected a (well-formed )?URL that begins with https:\/\/ or http:\/\/$/);
    });
  });

  describe('with hosts', () => {
    const hosts = ['example.com', '*.wiki.example.org', 'MÜNCHEN.example', '93.184.216.34', '[2606:4700::1]'];
    const codec = allowedUrl({ hosts });

    it.each([
      'https://example.com/',
      'https://EXAMPLE.com/',
      'https://a.wiki.example.org/',
      'https://a.b.wiki.example.org/',
      'https://münchen.example/',
      'https://xn--mnchen-3ya.example/',
      'https://93.184.216.34/',
      'https://0x5db8d822/',
      'https://[2606:4700:0::0:1]/',
      'https://ｅxample.com/',
    ])('takes %s', (text) => {
      expect(decodedBy(codec, text)).toBe(new URL(text).href);
    });

    it.each([
      'https://www.example.com/',
      'https://wiki.example.org/',
      'https://xwiki.example.org/',
      'https://.wiki.example.org/',
      'https://example.org/',
      'https://example.com.evil.org/',
      'https://evil.org/example.com',
      'https://evil.org?example.com',
      'https://evil.org#example.com',
      'https://evilexample.com/',
      'https://example.co/',
      'https://exаmple.com/',
      'https://example.com%2eevil.org/',
      'https://wiki.example.org.evil.org/',
      'https://93.184.216.35/',
      'https://[2606:4700::2]/',
      'https://__proto__.example.com/',
      'https://constructor/',
    ])('refuses %s', (text) => {
      expect(refusalBy(codec, text)).toMatch(/^expected a URL on one of these hosts: example\.com, \*\.wiki/);
    });

    it('still takes a private one only if it was asked for', () => {
      expect(() => allowedUrl({ hosts: ['localhost'] })).toThrow('must be public hosts, unless `allowPrivate` is true');
      const local = allowedUrl({
        schemes: ['http'],
        hosts: ['localhost', '127.0.0.1'],
        ports: [3000],
        allowPrivate: true,
      });
      expect(decodedBy(local, 'http://localhost:3000/a')).toBe('http://localhost:3000/a');
      expect(decodedBy(local, 'http://0x7f.1:3000/')).toBe('http://127.0.0.1:3000/');
      expect(decodedBy(local, 'http://169.254.169.254/')).toBeUndefined();
      expect(decodedBy(local, 'http://a.localhost:3000/')).toBeUndefined();
    });

    it('does not see a list that changes later', () => {
      const list = ['example.com'];
      const schemes = ['https'];
      const ports = [8443];
      const fixed = allowedUrl({ hosts: list, schemes, ports });
      list.push('evil.org');
      schemes.push('http');
      ports.push(22);
      for (const text of ['https://evil.org/', 'http://example.com/', 'https://example.com:22/'])
        expect(decodedBy(fixed, text)).toBeUndefined();
    });
  });

  it('takes a port only if it is listed or the scheme has it', () => {
    const codec = allowedUrl({ schemes: ['https', 'http'], ports: [8443, 80] });
    expect(decodedBy(codec, 'https://example.com:8443/')).toBe('https://example.com:8443/');
    expect(decodedBy(codec, 'https://example.com:08443/')).toBe('https://example.com:8443/');
    expect(decodedBy(codec, 'https://example.com:80/')).toBe('https://example.com:80/');
    expect(refusalBy(codec, 'http://example.com:443/')).toBe('expected a URL without any port but 8443, 80');
    for (const port of ['0', '22', '6379', '8443'])
      expect(refusalBy(web, `https://example.com:${port}/`)).toBe('expected a URL without a port');
  });

  it('bounds the length, as written and as handed on', () => {
    const codec = allowedUrl({ maxChars: 30 });
    expect(decodedBy(codec, `https://example.com/${'a'.repeat(10)}`)).toBeDefined();
    for (const rest of ['a'.repeat(11), 'ü'.repeat(5), 'a'.repeat(1_000_000)])
      expect(refusalBy(codec, `https://example.com/${rest}`)).toBe('expected a URL of at most 30 characters');
    expect(decodedBy(allowedUrl(), `https://example.com/${'a'.repeat(2028)}`)).toBeDefined();
    expect(decodedBy(allowedUrl(), `https://example.com/${'a'.repeat(2029)}`)).toBeUndefined();
  });

  it('shows what is allowed in its schema', () => {
    expect(schemaOf(allowedUrl())).toEqual({
      type: 'string',
      description: 'An absolute URL that begins with https://, on a public host, not a private address or local name.',
      maxLength: 2048,
      pattern: String.raw`^[A-Za-z]+://[^\s\\/?#][^\s\\]*$`,
    });
    expect(schemaOf(allowedUrl({ allowPrivate: true })).description).toContain('on any host.');
    const hosts = Array.from({ length: 22 }, (_, index) => `h${String(index)}.example.com`);
    expect(schemaOf(allowedUrl({ hosts })).description).toMatch(/h18\.example\.com, h19\.example\.com and 2 more\.$/);
  });

  it.each<[string, AllowedUrlOptions]>([
    ['schemes', { schemes: [] }],
    ['schemes', { schemes: ['https:'] }],
    ['schemes', { schemes: ['HTTPS'] }],
    ['schemes', { schemes: ['https', 'file'] }],
    ['schemes', { schemes: ['javascript'] }],
    ['schemes', { schemes: ['git'] }],
    ['schemes', { schemes: ['__proto__'] }],
    ['schemes', { schemes: 'https' as never }],
    ['ports', { ports: 80 as never }],
    ['ports', { ports: [undefined as never] }],
    ['hosts', { hosts: 'example.com' as never }],
    ['hosts', { hosts: [] }],
    ['hosts', { hosts: [''] }],
    ['hosts', { hosts: ['*'] }],
    ['hosts', { hosts: ['*.'] }],
    ['hosts', { hosts: ['*example.com'] }],
    ['hosts', { hosts: ['a.*.com'] }],
    ['hosts', { hosts: ['example.com.'] }],
    ['hosts', { hosts: ['example.com:443'] }],
    ['hosts', { hosts: ['example.com/a'] }],
    ['hosts', { hosts: ['https://example.com'] }],
    ['hosts', { hosts: ['user@example.com'] }],
    ['hosts', { hosts: ['exa mple.com'] }],
    ['hosts', { hosts: ['example.com', 5 as never] }],
    ['hosts', { hosts: ['::1'] }],
    ['hosts', { hosts: ['[::1]'] }],
    ['hosts', { hosts: ['2130706433'] }],
    ['hosts', { hosts: ['intranet'] }],
    ['hosts', { hosts: ['*.internal'] }],
    ['hosts', { hosts: ['*.corp.internal'] }],
    ['hosts', { hosts: ['169.254.169.254'] }],
    ['ports', { ports: [0] }],
    ['ports', { ports: [65_536] }],
    ['ports', { ports: [1.5] }],
    ['ports', { ports: [NaN] }],
    ['ports', { ports: ['80' as never] }],
    ['maxChars', { maxChars: 0 }],
    ['maxChars', { maxChars: Infinity }],
  ])('refuses an unusable `%s` at once: %j', (option, options) => {
    expect(() => allowedUrl(options)).toThrow(tagged('OptionError'));
    expect(() => allowedUrl(options)).toThrow(`\`allowedUrl.${option}\``);
  });
});
