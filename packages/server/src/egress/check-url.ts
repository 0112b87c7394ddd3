import { isIP } from 'node:net';
import type { AllowList } from './allow-list.ts';
import { RefusedUrl } from './egress-error.ts';
import { type Address, isPublic, parseAddress } from './public-address.ts';

/** A URL that may be called, if `address` is given, or when each address its host resolves to may be. */
export type Target = { url: URL; host: string; port: number; address: Address | undefined };

/**
 * Checks everything about a URL that can be told without resolving its name. Throws RefusedUrl. The parser of the platform has by then turned
 * every spelling of an address (decimal, octal, hex, short, full-width, with a dot at the end) into the usual one.
 */
export function checkUrl(text: string | URL, allow: AllowList): Target {
  const url = parse(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new RefusedUrl('must begin with http:// or https://');
  if (url.username !== '' || url.password !== '') throw new RefusedUrl('must not have a user name or a password');
  // A name with a dot at the end is the same name, but not the same to a server or a certificate.
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const address = isIP(host) === 0 ? undefined : parseAddress(host);
  const isNamed = allow.allows(host, address, port);
  if (!isNamed && (address ? !allow.isUsualPort(port) : !allow.mayReach(port))) {
    throw new RefusedUrl(`must not use port ${port}: 80, 443, 8080 and 8443 are open`);
  }
  if (!isNamed && (address ? !isPublic(address) : isLocalName(host))) throw new RefusedUrl('must not point into a private network');
  return { url, host, port, address };
}

/** Whether an address that a host was resolved to may be connected to. */
export function mayConnect({ host, port }: Pick<Target, 'host' | 'port'>, address: string, allow: AllowList): boolean {
  const parsed = parseAddress(address);
  return (allow.isUsualPort(port) && isPublic(parsed)) || allow.allows(host, parsed, port);
}

function parse(text: string | URL): URL {
  try {
    return new URL(text);
  } catch {
    throw new RefusedUrl('is not a URL');
  }
}

/** Names that by definition mean this machine or this network (RFC 6761, RFC 6762). */
function isLocalName(host: string): boolean {
  return host === '' || /(^|\.)(localhost|local)$/.test(host);
}
