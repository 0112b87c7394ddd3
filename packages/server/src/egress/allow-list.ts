import ipaddr from 'ipaddr.js';
import type { Address } from './public-address.ts';

type Network = [Address, number];
/** One entry: a host name, or a network, on one port, on every port (`*`), or on the ports that are always open. */
type Entry = { port: number | '*' | undefined } & ({ host: string } | { network: Network });

/** The ports that are open without being named. */
const usualPorts = [80, 443, 8080, 8443];

const entryForm = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+)|(?<ipv6>[0-9a-f:.]*:[0-9a-f:.]*(?:\/\d+)?))(?::(?<port>\d{1,5}|\*))?$/i;
const hostForm = /^(?!.*\.$)[a-z0-9-]+(\.[a-z0-9-]+)*$/;

/** What an operator opens beyond the Internet and the usual ports. */
export class AllowList {
  private readonly usualPorts: ReadonlySet<number>;

  private constructor(
    private readonly entries: Entry[],
    ports: number[],
  ) {
    this.usualPorts = new Set(ports);
  }

  /**
   * Reads comma-separated entries `host-or-cidr[:port]`: `10.1.0.0/16`, `hooks.intranet:9000`, `[fd00::/8]:443`, `127.0.0.1:*`.
   * Throws an Error that counts to the first entry that cannot be read. Only tests open other ports than the usual ones.
   */
  static parse(text: string, ports = usualPorts): AllowList {
    const entries = text.split(',').map((entry) => entry.trim());
    return new AllowList(entries.filter((entry) => entry !== '').map(readEntry), ports);
  }

  /** Whether anything public may be called on this port. */
  isUsualPort(port: number): boolean {
    return this.usualPorts.has(port);
  }

  /** Whether a name on a port is worth resolving: afterwards `allows` decides. */
  mayReach(port: number): boolean {
    return this.isUsualPort(port) || this.entries.some((entry) => entry.port === '*' || entry.port === port);
  }

  /** Whether the entries name this host, or a network with this address, for this port. */
  allows(host: string, address: Address | undefined, port: number): boolean {
    return this.entries.some((entry) => {
      const { port: opened } = entry;
      if (opened === undefined ? !this.isUsualPort(port) : opened !== '*' && opened !== port) return false;
      return 'host' in entry ? entry.host === host : address !== undefined && isIn(address, entry.network);
    });
  }

  /** Whether the operator named this host, which then is theirs to resolve. */
  names(host: string): boolean {
    return this.entries.some((entry) => 'host' in entry && entry.host === host);
  }
}

function isIn(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits);
}

function readEntry(text: string, index: number): Entry {
  const { bracketed, plain, ipv6, port } = entryForm.exec(text)?.groups ?? {};
  const target = bracketed ?? plain ?? ipv6;
  const wrong = new Error(
    `must be hosts or networks, each with an optional port, such as 10.1.0.0/16,hooks.intranet:9000; number ${index + 1} is none`,
  );
  if (target === undefined || (port !== undefined && port !== '*' && (Number(port) < 1 || Number(port) > 65_535))) throw wrong;
  const opened = port === undefined || port === '*' ? port : Number(port);
  const network = readNetwork(target);
  if (network) return { network, port: opened };
  const host = target.toLowerCase();
  // What looks like an address and is none would otherwise be a name that never matches.
  if (bracketed !== undefined || !hostForm.test(host) || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(host)) throw wrong;
  return { host, port: opened };
}

function readNetwork(target: string): Network | undefined {
  try {
    if (target.includes('/')) return ipaddr.parseCIDR(target);
    // Only the usual spelling: whoever writes 010.0.0.1 might not mean what is read.
    if (!ipaddr.IPv4.isValidFourPartDecimal(target) && !ipaddr.IPv6.isValid(target)) return undefined;
    const address = ipaddr.process(target);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}
