import { describe, expect, it } from 'vitest';
import { AllowList } from './allow-list.ts';
import { parseAddress } from './public-address.ts';

const allows = (entries: string, host: string, port: number) => {
  const isAddress = /^[\d.]+$|:/.test(host);
  return AllowList.parse(entries).allows(host, isAddress ? parseAddress(host) : undefined, port);
};

describe('the allow-list of outgoing requests', () => {
  it.each([
    ['10.1.0.0/16', '10.1.200.3', 443],
    ['10.1.2.3', '10.1.2.3', 80],
    ['10.1.2.3:9000', '10.1.2.3', 9000],
    ['127.0.0.0/8:*', '127.0.0.1', 40_123],
    ['fd00::/8', 'fd12::1', 8443],
    ['[fd00::/8]:9000', 'fd12::1', 9000],
    ['[::1]:*', '::1', 1234],
    ['::1', '::1', 80],
    ['hooks.intranet', 'hooks.intranet', 80],
    ['Hooks.Intranet:9000', 'hooks.intranet', 9000],
    [' 10.0.0.1 ,, other.intranet:1 ', 'other.intranet', 1],
    ['::ffff:10.0.0.1', '10.0.0.1', 80],
  ])('%s opens %s on port %i', (entries, host, port) => {
    expect(allows(entries, host, port)).toBe(true);
  });

  it.each([
    ['', '10.1.2.3', 80],
    ['10.1.0.0/16', '10.2.0.1', 443],
    ['10.1.0.0/16', '10.1.0.1', 22],
    ['10.1.2.3:9000', '10.1.2.3', 80],
    ['hooks.intranet', 'evil.hooks.intranet', 80],
    ['intranet', 'hooks.intranet', 80],
    ['10.0.0.0/8', 'fd12::1', 80],
  ])('%s leaves %s on port %i closed', (entries, host, port) => {
    expect(allows(entries, host, port)).toBe(false);
  });

  it.each([
    '10.0.0.0/33',
    '10.1',
    '010.0.0.1',
    '0x7f.1',
    'a b',
    'host:0',
    'host:70000',
    'host:http',
    '[host]:80',
    'http://host',
    '*',
    '10.0.0.256',
    'host.',
  ])('says that %s cannot be read', (entry) => {
    expect(() => AllowList.parse(`10.0.0.1,${entry}`)).toThrow('number 2 is none');
  });
});
