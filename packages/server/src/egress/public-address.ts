import ipaddr from 'ipaddr.js';

/** An address of the network, in one form whatever its spelling was: IPv4 that was mapped into IPv6 is IPv4. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;

// In a public range, and yet it answers every machine in Azure with what only that machine should know.
const azureWireServer = '168.63.129.16';
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Reads an address that a resolver or a URL gave. Throws on anything else. */
export function parseAddress(text: string): Address {
  return ipaddr.process(text);
}

/**
 * Whether an address is one of the open Internet, so that reaching it gives nobody more than they have. Translated addresses are what they
 * stand for; tunnels (6to4, Teredo) are never public, because where they end is their owner's choice.
 */
export function isPublic(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' && address.toString() !== azureWireServer;
  // A network without IPv4 reaches all of it through these (RFC 6052).
  if (address.match(nat64)) return isPublic(ipaddr.fromByteArray(address.toByteArray().slice(12)));
  return address.range() === 'unicast' && address.match(globalUnicast);
}
