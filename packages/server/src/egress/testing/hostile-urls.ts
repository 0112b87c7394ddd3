/** URLs that must never be called, each leading to a port of this machine or of its network if anything would call it. */
export function hostileUrls(port: number): string[] {
  const hosts = [...loopback, ...inside, ...metadata, ...translated, ...names];
  return [...hosts.map((host) => `http://${host}:${port}/`), ...odd(port)];
}

const loopback = [
  ...['127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '0177.0.0.1', '0x7f.0.0.1', '0x7f.1', '0x7f000001', '2130706433', '017700000001'],
  ...[
    '127.255.255.254',
    '0',
    '0.0.0.0',
    '0x0',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[0000::0001]',
    '１２７.0.0.1',
    '127。0。0。1',
    '①27.0.0.1',
  ],
  ...['%31%32%37.0.0.1', '127.0.0.%31'],
];
const inside = [
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.100.100.200', '169.254.1.1', '192.0.0.1', '192.0.2.1'],
  ...['198.18.0.1', '198.51.100.1', '203.0.113.1', '192.88.99.1', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255', '0.1.2.3'],
  ...['[fe80::1]', '[fc00::1]', '[fd12:3456::1]', '[fec0::1]', '[ff02::1]', '[2001:db8::1]', '[100::1]', '[3fff::1]', '[5f00::1]', '[::2]'],
];
const metadata = [
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '[fd00:ec2::254]',
  '[::ffff:169.254.169.254]',
  '168.63.129.16',
  '192.0.0.192',
];
const translated = [
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::127.0.0.1]', '[::7f00:1]', '[::ffff:0:127.0.0.1]'],
  ...['[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::10.0.0.1]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2002:a00:1::1]'],
  ...['[2001:0:7f00:1::]', '[2001:0:4136:e378:8000:63bf:80ff:fffe]', '[::ffff:10.0.0.1]', '[::ffff:0a00:0001]'],
];
const names = ['localhost', 'LOCALHOST', 'localhost.', 'sub.localhost', 'printer.local', 'ｌｏｃａｌｈｏｓｔ'];

function odd(port: number): string[] {
  return [
    `http://user:password@example.com:${port}/`,
    `http://user@example.com:${port}/`,
    `http://example.com:${port}@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}#@example.com/`,
    `http:127.0.0.1:${port}`,
    `http:/\\127.0.0.1:${port}/`,
    `//127.0.0.1:${port}/`,
    `127.0.0.1:${port}`,
    `ftp://127.0.0.1:${port}/`,
    `file://127.0.0.1/etc/passwd`,
    `gopher://127.0.0.1:${port}/_`,
    `ws://127.0.0.1:${port}/`,
    `data:text/plain,hello`,
    `javascript:alert(1)`,
    `blob:http://127.0.0.1:${port}/1`,
    'http://example.com:22/',
    'http://example.com:25/',
    'http://example.com:6379/',
    'https://example.com:0/',
    'http://8.8.8.8:53/',
    'http://[2606:4700::1111]:11211/',
    'http://',
    '',
  ];
}
